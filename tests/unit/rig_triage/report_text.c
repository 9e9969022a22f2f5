#include "report_text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
    TEXT_SIZE = 32768,
};

struct sanitizer_report report_text_parse(const char *text)
{
    const struct process_end end = {.outcome = PROCESS_SIGNALED, .signal_number = SIGABRT};
    struct sanitizer_report report;

    sanitizer_report_parse(text, strlen(text), &end, &report);
    return report;
}

const char *report_text_stack(const char *functions)
{
    static char text[TEXT_SIZE];
    size_t used = 0;
    unsigned number = 0;

    text[0] = '\0';
    while (*functions != '\0') {
        size_t length = strcspn(functions, " ");

        used += (size_t)snprintf(text + used, sizeof(text) - used,
                                 "    #%u 0x%x in %.*s /src/device.c:%u:5\n", number,
                                 0x55d0 + number, (int)length, functions, number + 10);
        number++;
        functions += length;
        functions += strspn(functions, " ");
    }
    return text;
}

struct fingerprint report_text_fingerprint(const char *headline, const char *functions)
{
    char text[TEXT_SIZE + 1024];
    struct sanitizer_report report;
    struct fingerprint fingerprint;

    (void)snprintf(text, sizeof(text), "%s%s", headline, report_text_stack(functions));
    report = report_text_parse(text);
    fingerprint_make(&report, &fingerprint);
    return fingerprint;
}
