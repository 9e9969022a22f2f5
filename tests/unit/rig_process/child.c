/* A child with one behaviour a word, for the tests of base/process.h. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int wait_for_ever(void)
{
    for (;;) {
        (void)pause();
    }
}

/* Leaves a grandchild that holds the output pipe, and does as `ends` says itself. */
static int start_grandchild(int ends)
{
    pid_t pid = fork();

    if (pid == 0) {
        return wait_for_ever();
    }
    (void)printf("%ld\n", (long)pid);
    (void)fflush(stdout);
    return ends ? 0 : wait_for_ever();
}

static int flood(void)
{
    static char line[1000];

    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\n';
    (void)fputs("first\n", stderr);
    for (int i = 0; i < 20000; i++) {
        (void)fwrite(line, 1, sizeof(line), stderr);
        (void)fwrite(line, 1, sizeof(line), stdout);
    }
    (void)fputs("last\n", stderr);
    return 0;
}

static int print_state(void)
{
    struct rlimit core = {1, 1};
    char folder[4096] = "";
    const char *value = getenv("CHILD_VARIABLE");
    char byte;

    (void)getrlimit(RLIMIT_CORE, &core);
    (void)printf("folder=%s\nvariable=%s\ncore=%lu\ngroup=%d\ninput=%ld\npipe=%d\n",
                 getcwd(folder, sizeof(folder)), value != NULL ? value : "",
                 (unsigned long)core.rlim_cur, getpgrp() == getpid(), (long)read(0, &byte, 1),
                 signal(SIGPIPE, SIG_DFL) == SIG_DFL);
    return 0;
}

/* Says over descriptor `number` that it is there. */
static int use_descriptor(const char *number)
{
    return write((int)strtol(number, NULL, 10), "here\n", 5) == 5 ? 0 : 1;
}

/* Says back what it reads, without newline, and goes on until its input ends. */
static int echo(void)
{
    char bytes[64];
    ssize_t size;

    while ((size = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0) {
        if (write(STDOUT_FILENO, bytes, (size_t)size) != size) {
            return 1;
        }
    }
    return size == 0 ? 0 : 1;
}

int main(int argument_count, char **arguments)
{
    const char *word = argument_count > 1 ? arguments[1] : "";

    if (strcmp(word, "exit") == 0 && argument_count > 2) {
        return atoi(arguments[2]);
    }
    if (strcmp(word, "descriptor") == 0 && argument_count > 2) {
        return use_descriptor(arguments[2]);
    }
    if (strcmp(word, "abort") == 0) {
        abort();
    }
    if (strcmp(word, "sleep") == 0) {
        (void)puts("ready");
        (void)fflush(stdout);
        return wait_for_ever();
    }
    if (strcmp(word, "stubborn") == 0) {
        (void)signal(SIGTERM, SIG_IGN);
        (void)puts("ready");
        (void)fflush(stdout);
        return wait_for_ever();
    }
    if (strcmp(word, "grandchild") == 0) {
        return start_grandchild(0);
    }
    if (strcmp(word, "orphan") == 0) {
        return start_grandchild(1);
    }
    if (strcmp(word, "flood") == 0) {
        return flood();
    }
    if (strcmp(word, "lines") == 0) {
        (void)fwrite("one\nt\0o\n\nno newline", 1, 19, stdout);
        return 0;
    }
    if (strcmp(word, "echo") == 0) {
        return echo();
    }
    if (strcmp(word, "state") == 0) {
        return print_state();
    }
    (void)fprintf(stderr, "unknown word\n");
    return 99;
}
