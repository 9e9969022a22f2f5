#include "cli/table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/output.h"

struct table {
    size_t columns;
    size_t rows;  /* the headings are row 0 */
    char **cells; /* rows * columns, owned */
};

struct table *table_create(const char *const *headings, size_t count)
{
    struct table *table = calloc(1, sizeof *table);

    if (table == NULL)
        return NULL;
    table->columns = count;
    if (table_add(table, headings) != RIG_OK) {
        table_destroy(table);
        return NULL;
    }
    return table;
}

int table_add(struct table *table, const char *const *cells)
{
    const size_t used = table->rows * table->columns;
    char **grown = realloc(table->cells, (used + table->columns) * sizeof *grown);

    if (grown == NULL)
        return RIG_ERROR_NO_MEMORY;
    table->cells = grown;
    for (size_t i = 0; i < table->columns; i++) {
        const bool empty = cells[i] == NULL || cells[i][0] == '\0';
        grown[used + i] = text_escaped(empty ? "-" : cells[i]);
        if (grown[used + i] == NULL) {
            while (i > 0)
                free(grown[used + --i]);
            return RIG_ERROR_NO_MEMORY;
        }
    }
    table->rows++;
    return RIG_OK;
}

size_t table_rows(const struct table *table)
{
    return table->rows - 1;
}

/* Characters on screen: bytes that do not continue a UTF-8 character. */
static size_t width_of(const char *text)
{
    size_t width = 0;

    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0U) != 0x80U ? 1 : 0;
    return width;
}

static size_t column_width(const struct table *table, size_t column)
{
    size_t widest = 0;

    for (size_t row = 0; row < table->rows; row++) {
        size_t width = width_of(table->cells[row * table->columns + column]);
        widest = width > widest ? width : widest;
    }
    return widest;
}

void table_print(const struct table *table)
{
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t column = 0; column < table->columns; column++) {
            const char *cell = table->cells[row * table->columns + column];
            const bool last = column + 1 == table->columns;
            size_t padding = last ? 0 : column_width(table, column) - width_of(cell) + 2;
            output_print("%s%*s", cell, (int)padding, "");
        }
        output_print("\n");
    }
}

void table_destroy(struct table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->rows * table->columns; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table);
}
