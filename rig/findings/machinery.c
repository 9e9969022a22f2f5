#include "findings/machinery.h"

#include <string.h>

static bool begins_with_any(const char *name, const char *const *prefixes)
{
    for (; *prefixes != NULL; prefixes++) {
        if (strncmp(name, *prefixes, strlen(*prefixes)) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether one of the names is this one, up to a symbol version as in `raise@@GLIBC_2.34`. */
static bool is_any(const char *name, const char *const *names)
{
    size_t length = strcspn(name, "@");

    for (; *names != NULL; names++) {
        if (strlen(*names) == length && memcmp(name, *names, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_run_time(const char *function)
{
    static const char *const prefixes[] = {
        "__sanitizer",
        "__asan",
        "__ubsan",
        "__lsan",
        "__sancov",
        "__interceptor_",
        "___interceptor_",
        "__interception",
        "LLVMFuzzer",
        "fuzzer::",
        "harness_",
        "__libc_",
        "__GI_",
        "__pthread_kill",
        "__assert",
        "__stack_chk",
        "__fortify",
        "__chk_fail",
        "__restore_rt",
        "__mem",
        "__str",
        "__run_exit_handlers",
        "__kernel_",
        "__isoc99_",
        "operator new",
        "operator delete",
        "printf_common(",
        "scanf_common(",
        NULL,
    };
    static const char *const names[] = {
        "",
        "main",
        "_start",
        "start_thread",
        "clone",
        "clone3",
        "abort",
        "raise",
        "gsignal",
        "kill",
        "tgkill",
        "pthread_kill",
        "report_and_abort",
        "on_alarm",
        "run_file",
        NULL,
    };

    return begins_with_any(function, prefixes) || is_any(function, names);
}

/* Functions of the C library that AddressSanitizer checks in the place of their callers. */
static bool is_intercepted(const char *function)
{
    static const char *const names[] = {
        "malloc",    "calloc",   "realloc",       "reallocarray", "free",       "posix_memalign",
        "memalign",  "valloc",   "aligned_alloc", "memcpy",       "mempcpy",    "memmove",
        "memset",    "memcmp",   "memchr",        "memrchr",      "memmem",     "bcmp",
        "bzero",     "strlen",   "strnlen",       "strcpy",       "stpcpy",     "strncpy",
        "strcat",    "strncat",  "strcmp",        "strncmp",      "strchr",     "strrchr",
        "strstr",    "strdup",   "strndup",       "strtol",       "strtoul",    "strtoll",
        "strtoull",  "atoi",     "atol",          "atoll",        "strtok",     "strspn",
        "strcspn",   "strpbrk",  "strcasecmp",    "strncasecmp",  "strcasestr", "printf",
        "fprintf",   "snprintf", "vsnprintf",     "sprintf",      "vsprintf",   "vprintf",
        "vfprintf",  "sscanf",   "vsscanf",       "fscanf",       "puts",       "fputs",
        "fwrite",    "fread",    "fgets",         "qsort",        "qsort_r",    "bsearch",
        "nanosleep", "poll",     "select",        "read",         "pread",      "readv",
        "write",     "pwrite",   "writev",        "recv",         "recvfrom",   "recvmsg",
        "send",      "sendto",   "sendmsg",       NULL,
    };

    return is_any(function, names);
}

/* The C library and the sanitizers by file, where a name alone would say nothing. */
static bool is_run_time_file(const char *file)
{
    static const char *const prefixes[] = {
        "libc.so.", "libc-2.",    "libpthread",   "ld-linux", "asan_",
        "ubsan_",   "sanitizer_", "libclang_rt.", NULL,
    };

    return begins_with_any(file, prefixes);
}

bool report_frame_is_machinery(const struct report_frame *frame)
{
    const bool has_source = frame->line > 0;

    return is_run_time(frame->function) || is_intercepted(frame->function) ||
           (!has_source && is_run_time_file(frame->file));
}
