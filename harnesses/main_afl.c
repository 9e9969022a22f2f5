/*
 * Entry of NAME.afl. Under afl-fuzz: persistent, many inputs for each process, input through shared
 * memory. By hand: `NAME.afl FILE...` runs each FILE, which gives the report that afl-fuzz, whose
 * processes write to nobody, does not keep.
 *
 * Method: nothing may be left behind, even if afl-fuzz is killed with SIGKILL. It starts this
 * program in a session of its own, so nobody's kill reaches it; hence this program and each process
 * it forks asks the kernel to die with its parent. And it owns shared memory that would stay for
 * ever; hence this program marks that for removal as soon as it runs: Linux removes a marked segment
 * with the last process that has it attached, and lets others attach until then (shmctl(2)).
 */
#define _XOPEN_SOURCE 700 /* System V shared memory */
#include "harness.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <unistd.h>

#define MAX_INPUT_SIZE     (1024U * 1024U) /* afl-fuzz makes none longer */
#define INPUTS_PER_PROCESS 20000U

/* The runtime of AFL++ (afl-compiler-rt.o), whose names are not ours to choose. */
extern unsigned char *afl_input __asm__("__afl_fuzz_ptr"); /* NULL: no afl-fuzz */
extern unsigned int *afl_input_size __asm__("__afl_fuzz_len");
extern int afl_shared_memory_input __asm__("__afl_sharedmem_fuzzing");
int afl_persistent_loop(unsigned int count) __asm__("__afl_persistent_loop");
void afl_start_fork_server(void) __asm__("__afl_manual_init");

/* Strings by which afl-fuzz knows, from the file alone, what this program can do. */
extern const char afl_is_persistent[];
extern const char afl_is_deferred[];
__attribute__((used)) const char afl_is_persistent[] = "##SIG_AFL_PERSISTENT##";
__attribute__((used)) const char afl_is_deferred[] = "##SIG_AFL_DEFER_FORKSRV##";

int afl_shared_memory_input = 1;

/* No engine in this process mutates anything: that is the part of NAME.mutator.so. */
size_t harness_mutate_bytes(uint8_t *data, size_t size, size_t max_size)
{
    (void)data;
    (void)max_size;
    return size;
}

/* Has the kernel kill this process when `parent` ends, or ends it if that has happened already. */
static void die_with(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) {
        _exit(1);
    }
}

/* Marks a shared memory segment of afl-fuzz, which has it attached, for removal. */
static void let_go(const char *variable)
{
    const char *text = getenv(variable);
    char *end = NULL;
    long id;

    if (text == NULL) {
        return;
    }
    errno = 0;
    id = strtol(text, &end, 10);
    if (errno == 0 && end != text && *end == '\0' && id >= 0 && id <= INT_MAX) {
        (void)shmctl((int)id, IPC_RMID, NULL); /* afl-fuzz removes it itself, if it can */
    }
}

/* Runs an input in a block of exactly its size, so that a read beyond it is seen. */
static int run_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);

    if (copy == NULL) {
        (void)fprintf(stderr, "%s: no memory for an input of %zu bytes\n", HARNESS_NAME, size);
        return -1;
    }
    memcpy(copy, data, size);
    (void)harness_execute(copy, size);
    free(copy);
    return 0;
}

static int run_file(const char *path)
{
    static uint8_t data[MAX_INPUT_SIZE];
    FILE *file = fopen(path, "rb");
    size_t size = 0;
    int result = -1;

    if (file != NULL) {
        size = fread(data, 1, sizeof data, file);
        result = ferror(file) ? -1 : 0;
        (void)fclose(file);
    }
    if (result != 0) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    return run_copy(data, size);
}

static int run_files(int count, char **paths)
{
    for (int i = 0; i < count; i++) {
        if (run_file(paths[i]) != 0) {
            return 2;
        }
    }
    return 0;
}

static bool is_control(void)
{
    const char *control = getenv("ORDEAL_CONTROL");

    return control != NULL && control[0] != '\0';
}

/* afl-fuzz cannot begin with an input that fails: in a control it begins with one byte, 0. */
static bool is_start_of_control(const uint8_t *data, size_t size)
{
    return size == 1 && data[0] == 0;
}

static int run_inputs(void)
{
    const bool control = is_control();

    while (afl_persistent_loop(INPUTS_PER_PROCESS) != 0) {
        if (control && is_start_of_control(afl_input, *afl_input_size)) {
            continue;
        }
        if (run_copy(afl_input, *afl_input_size) != 0) {
            return 2;
        }
    }
    return 0;
}

static int run_under_afl(void)
{
    const pid_t fork_server = getpid();

    die_with(getppid());
    let_go("__AFL_SHM_ID");
    let_go("__AFL_SHM_FUZZ_ID");
    if (!is_control()) {
        (void)harness_execute((const uint8_t *)"", 0); /* what is done once, before any fork */
    }
    afl_start_fork_server(); /* returns in each process that is to run inputs */
    if (getpid() != fork_server) {
        die_with(fork_server);
    }
    if (afl_input == NULL) {
        (void)fprintf(stderr, "usage: %s.afl FILE..., or run it by afl-fuzz\n", HARNESS_NAME);
        return 2;
    }
    return run_inputs();
}

int main(int argument_count, char **arguments)
{
    return argument_count > 1 ? run_files(argument_count - 1, arguments + 1) : run_under_afl();
}
