#include "file_text.h"

#include "base/diagnostic.h"
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define MAX_SIZE (16U * 1024U * 1024U)

size_t file_text_count(const char *path, const char *text)
{
    struct file_content content = {0};
    struct diagnostic diagnostic = {""};
    const char *next;
    size_t count = 0;
    size_t size;

    if (file_read(path, MAX_SIZE, &content, &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
    for (next = strstr((const char *)content.bytes, text); next != NULL;
         next = strstr(next + strlen(text), text)) {
        count++;
    }
    size = strlen((const char *)content.bytes);
    if (size != content.size) {
        fail_msg("%s: a zero byte at %zu", path, size);
    }
    file_content_free(&content);
    return count;
}
