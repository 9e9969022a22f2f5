/*
 * device_process.h - one device with a folder of its own, for a test: hearth-native, or with
 * HEARTH_TARGET=mps2_an505_qemu or microbit_qemu in the environment the real firmware on that emulated
 * board.
 *
 * Every wait has a deadline. A failed expectation fails the running cmocka test; its teardown,
 * device_process_destroy(), ends and reaps the process and removes the folder. If the test program
 * itself is killed, the kernel kills the device with it.
 */
#ifndef TESTS_DEVICE_PROCESS_H
#define TESTS_DEVICE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DEVICE_PROCESS_PATH_SIZE 256U
#define DEVICE_PROCESS_ID_SIZE   16U

struct emulator;
struct device_board;

/* Files of the uplink's credentials, for a device on the emulated board; all or none. */
struct device_credentials {
    const char *broker_ca;
    const char *certificate;
    const char *private_key;
};

struct device_process {
    bool is_emulated;                      /* set by device_process_create() */
    const struct device_board *board;      /* of one that is; likewise */
    struct emulator *emulator;             /* of one that is; NULL before its first start */
    struct device_credentials credentials; /* of one that is new; set before its first start */
    const char *const *emulator_extra; /* arguments for QEMU, ended by NULL; NULL: none. Likewise */
    const char *relay;                 /* program of the link relay; NULL: none. Likewise */
    const char *image;                 /* signed, for slot A; NULL: the ordinary one. Likewise */
    const char *life_cycle;            /* of one that is; NULL: closed. Likewise */
    uint64_t seen;                     /* on its console: up to the last start */
    pid_t pid;                         /* 0: not running */
    int output;                        /* its stdout, open as long as it runs */
    const char *flash_time_us;         /* of --flash-time; NULL: none. Set before a start */
    char folder[DEVICE_PROCESS_PATH_SIZE];  /* empty: none made yet */
    char flash[DEVICE_PROCESS_PATH_SIZE];   /* file in it */
    char link[DEVICE_PROCESS_PATH_SIZE];    /* of --uart, in it */
    char console[DEVICE_PROCESS_PATH_SIZE]; /* its stderr, in it */
    uint16_t tcp_port;                      /* as announced, and all that follows */
    bool is_new;
    uint8_t device_id[DEVICE_PROCESS_ID_SIZE];
    char label_password[80]; /* of when it was new */
};

/* Makes the folder, in the current one. Nothing runs yet. */
void device_process_create(struct device_process *device);

/* Starts the device and waits until it announces itself. `password`: of a new device, or NULL. */
void device_process_start(struct device_process *device, const char *password);

/* Whether HEARTH_TARGET names an emulated board, and whether what it names has a network. */
bool device_process_is_emulated(void);
bool device_process_has_network(void);

/* The temperature that the device measures, in tenths of a degree. */
int device_process_temperature(void);

/* Waits until a device that was told to restart is up again. False: its power was cut meanwhile. One
 * that is a process says nothing of either: there, whoever connects sees. */
bool device_process_follow_restart(struct device_process *device);

/* Fills device->device_id from 32 hexadecimal digits. */
void device_process_decode_id(struct device_process *device, const char *text);

/* Starts hearth-native with these arguments (NULL-ended) and nothing else; does not wait. */
void device_process_launch(struct device_process *device, const char *const *arguments);

/* Sends a signal. */
void device_process_signal(const struct device_process *device, int signal);

/* Waits for the end. Returns the status of waitpid(). */
int device_process_wait(struct device_process *device);

/* Cuts the power: SIGKILL, then waits. */
void device_process_kill(struct device_process *device);

/* Brings device->flash up to date while the device runs; afterwards, and on most devices, it is so. */
void device_process_refresh_flash(const struct device_process *device);

/* The signal to device->pid that cuts its power: for a timer, before device_process_kill(). */
int device_process_cut_signal(const struct device_process *device);

/* Whether something has ended it, or cut its power, that device_process_kill() does not know of yet. */
bool device_process_was_cut(const struct device_process *device);

/* What it has written to stderr so far, as text of at most `size` - 1 bytes. */
void device_process_read_console(const struct device_process *device, char *text, size_t size);

/* Ends what runs and removes the folder. Never fails the test. */
void device_process_destroy(struct device_process *device);

/* Milliseconds of the monotonic clock, for deadlines. */
uint64_t device_process_now_ms(void);

/* Lets `milliseconds` pass, for the pause between two looks at a condition. */
void device_process_pause(unsigned milliseconds);

#endif
