#include "coverage/project_code.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define SOURCE_LIMIT (16U * 1024U * 1024U) /* bytes of one source file */

/* What follows FOLDER in PATH; NULL when PATH is not below it. */
static const char *below(const char *path, const char *folder)
{
    const size_t length = strlen(folder);

    if (strncmp(path, folder, length) != 0 || path[length] != '/')
        return NULL;
    return path + length + 1;
}

const char *project_code_path(const struct project_code *code, const char *path)
{
    const char *relative = below(path, code->project);

    if (relative == NULL || relative[0] == '\0' || below(relative, "harnesses") != NULL ||
        below(path, code->build) != NULL)
        return NULL;
    if (relative[0] == '.' || strstr(relative, "/.") != NULL)
        return NULL;
    return relative;
}

static bool is_source(const char *name)
{
    static const char *const endings[] = {".c", ".cc", ".cpp", ".cxx"};
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot != NULL && dot != name && i < sizeof endings / sizeof endings[0]; i++) {
        if (strcmp(dot, endings[i]) == 0)
            return true;
    }
    return false;
}

static bool is_code_line(const char *line)
{
    line += strspn(line, " \t\r\f");
    return line[0] != '\0' && line[0] != '\n' && line[0] != '#' && strncmp(line, "//", 2) != 0;
}

/* The end of the comment that stands at the first thing of LINE, or NULL when there is none; an
 * unclosed one ends with the text. */
static const char *skip_comment(const char *line)
{
    const char *end;

    line += strspn(line, " \t\r\f");
    if (strncmp(line, "/*", 2) != 0)
        return NULL;
    end = strstr(line + 2, "*/");
    return end != NULL ? end + 2 : line + strlen(line);
}

static uint64_t count_code_lines(const char *text)
{
    uint64_t lines = 0;

    while (*text != '\0') {
        const char *after = skip_comment(text);
        if (after != NULL) {
            text = after;
            continue;
        }
        lines += is_code_line(text) ? 1 : 0;
        text += strcspn(text, "\n");
        text += *text == '\n' ? 1 : 0;
    }
    return lines;
}

/* Whether a `)` and then a `{` stand somewhere, as where the body of a function begins. */
static bool holds_function(const char *text)
{
    for (const char *at = strchr(text, ')'); at != NULL; at = strchr(at + 1, ')')) {
        if (at[1 + strspn(at + 1, " \t\r\n")] == '{')
            return true;
    }
    return false;
}

/* Whether one of the first COUNT files has that path. */
static bool is_known(const struct coverage *coverage, const char *path, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(coverage->files[i].path, path) == 0)
            return true;
    }
    return false;
}

static int add_missing_file(const char *path, const char *relative, struct coverage *coverage,
                            struct diagnostic *diagnostic)
{
    struct file_content content = {NULL, 0};
    struct coverage_file *file = NULL;
    int error = file_read(path, SOURCE_LIMIT, &content, diagnostic);

    if (error == RIG_OK && holds_function((const char *)content.bytes))
        error = coverage_add_file(coverage, relative, &file);
    if (file != NULL)
        file->count.lines = count_code_lines((const char *)content.bytes);
    file_content_free(&content);
    return error;
}

/* KNOWN: how many files were measured; those beyond are the ones added here. */
static int add_missing_of_folder(const struct project_code *code, const char *folder, size_t known,
                                 struct coverage *coverage, struct diagnostic *diagnostic)
{
    struct text_list names = {NULL, 0};
    char *absolute = text_format("%s/%s", code->project, folder);
    int error = absolute == NULL ? RIG_ERROR_NO_MEMORY : file_list(absolute, &names, diagnostic);

    for (size_t i = 0; error == RIG_OK && i < names.count; i++) {
        char *relative = strcmp(folder, ".") == 0 ? text_duplicate(names.items[i])
                                                  : text_format("%s/%s", folder, names.items[i]);
        char *path = relative == NULL ? NULL : text_format("%s/%s", code->project, relative);

        if (path == NULL)
            error = RIG_ERROR_NO_MEMORY;
        else if (is_source(names.items[i]) && file_is_regular(path) &&
                 project_code_path(code, path) != NULL && !is_known(coverage, relative, known))
            error = add_missing_file(path, relative, coverage, diagnostic);
        free(path);
        free(relative);
    }
    text_list_free(&names);
    free(absolute);
    return error;
}

int project_code_add_missing(const struct project_code *code, struct coverage *coverage,
                             struct diagnostic *diagnostic)
{
    struct text_list folders = {NULL, 0};
    struct coverage_count unused;
    const size_t known = coverage->file_count;
    const char *folder;
    size_t index = 0;
    int error = RIG_OK;

    while (error == RIG_OK && (folder = coverage_next_folder(coverage, &index, &unused)) != NULL)
        error = text_list_append(&folders, folder);
    for (size_t i = 0; error == RIG_OK && i < folders.count; i++)
        error = add_missing_of_folder(code, folders.items[i], known, coverage, diagnostic);
    text_list_free(&folders);
    coverage_sort(coverage);
    return error;
}
