/**
 * The programs that a broker on this machine is made of; for broker.c and its neighbours only.
 */
#ifndef RIG_TARGET_BROKER_TOOL_H
#define RIG_TARGET_BROKER_TOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

struct broker_tool {
    const char *program; /**< its name, e.g. "mosquitto" */
    const char *package; /**< who does not have it is told to install this */
};

extern const struct broker_tool broker_tool_server;    /**< mosquitto */
extern const struct broker_tool broker_tool_publish;   /**< mosquitto_pub */
extern const struct broker_tool broker_tool_subscribe; /**< mosquitto_sub */
extern const struct broker_tool broker_tool_openssl;   /**< openssl */

/**
 * The path of a program, for free(): in PATH, or where programs are that only root needs, because
 * distributions put mosquitto there. RIG_ERROR_BENCH with the package to install when there is none;
 * RIG_ERROR_NO_MEMORY.
 */
int broker_tool_find(const struct broker_tool *tool, char **path,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** One run of a tool. */
struct broker_tool_run {
    const struct broker_tool *tool;
    const char *const *arguments; /**< without the program's name, ended by NULL */
    const char *folder;           /**< it works there */
};

enum { BROKER_TOOL_ARGUMENTS = 32 }; /**< of one run, at most */

/**
 * Runs a tool to its end. RIG_OK when it exits with 0; RIG_ERROR_TIMEOUT (it is stopped then);
 * RIG_ERROR_BENCH with the last line that it wrote to stderr, when it fails; RIG_ERROR_INTERRUPTED;
 * RIG_ERROR_NO_MEMORY.
 */
int broker_tool_execute(const struct broker_tool_run *run, int64_t deadline_ms,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The last line in `size` bytes of text that is not empty, as far as it fits into `line`. */
void broker_tool_last_line(const char *text, size_t size, char *line, size_t line_size);

#endif
