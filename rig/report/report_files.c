#include "report/report_files.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "report/report_json.h"
#include "report/report_junit.h"
#include "report/report_markdown.h"

static const struct {
    const char *name;
    const char *file;
    int (*write)(const struct report *report, FILE *out);
} formats[REPORT_FORMAT_COUNT] = {
    [REPORT_JSON] = {"json", "report.json", report_write_json},
    [REPORT_MARKDOWN] = {"md", "report.md", report_write_markdown},
    [REPORT_JUNIT] = {"junit", "junit.xml", report_write_junit},
};

const char *report_format_name(enum report_format format)
{
    return formats[format].name;
}

const char *report_format_file(enum report_format format)
{
    return formats[format].file;
}

int report_render(const struct report *report, enum report_format format, char **text, size_t *size)
{
    char *rendered = NULL;
    FILE *out = open_memstream(&rendered, size);
    int error = RIG_ERROR_NO_MEMORY;

    if (out == NULL)
        return error;
    error = formats[format].write(report, out);
    if (ferror(out) != 0)
        error = RIG_ERROR_NO_MEMORY;
    if (fclose(out) != 0)
        error = RIG_ERROR_NO_MEMORY;
    if (error != RIG_OK) {
        free(rendered);
        return error;
    }
    *text = rendered;
    return RIG_OK;
}

int report_write_file(const struct report *report, enum report_format format, const char *folder,
                      struct diagnostic *diagnostic)
{
    char *path = file_join(folder, formats[format].file);
    char *text = NULL;
    size_t size = 0;
    int error = path == NULL ? RIG_ERROR_NO_MEMORY : report_render(report, format, &text, &size);

    if (error == RIG_OK)
        error = file_make_directories(folder, diagnostic);
    if (error == RIG_OK)
        error = file_write(path, text, size, diagnostic);
    free(text);
    free(path);
    return error;
}
