/*
 * json_query count          prints how many entries the array on standard input has
 * json_query fields F...    succeeds when each entry of the array, or the object, has exactly
 *                           or at least these fields; "exactly" when the first F is "="
 * json_query get F          prints field F of the object (a string as it is, else as JSON)
 * Anything but one JSON value on standard input is a failure.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_fields(const json_t *object, char *const *fields)
{
    const int exactly = fields[0] != NULL && strcmp(fields[0], "=") == 0;
    size_t wanted = 0;

    for (fields += exactly; fields[wanted] != NULL; wanted++) {
        if (json_object_get(object, fields[wanted]) == NULL) {
            (void)fprintf(stderr, "no field %s\n", fields[wanted]);
            return 1;
        }
    }
    if (exactly && json_object_size(object) != wanted) {
        (void)fprintf(stderr, "%zu fields instead of %zu\n", json_object_size(object), wanted);
        return 1;
    }
    return 0;
}

static int fields(const json_t *value, char *const *names)
{
    size_t i;
    json_t *each;

    if (json_is_object(value))
        return check_fields(value, names);
    if (!json_is_array(value))
        return 1;
    json_array_foreach(value, i, each)
    {
        if (!json_is_object(each) || check_fields(each, names) != 0)
            return 1;
    }
    return 0;
}

static int get(const json_t *value, const char *name)
{
    const json_t *field = json_object_get(value, name);

    if (field == NULL)
        return 1;
    if (json_is_string(field))
        return puts(json_string_value(field)) < 0;
    return json_dumpf(field, stdout, JSON_ENCODE_ANY) != 0 || putchar('\n') == EOF;
}

int main(int argc, char *argv[])
{
    json_error_t error;
    json_t *value = json_loadf(stdin, JSON_DECODE_ANY, &error);
    int status = 2;

    if (value == NULL)
        (void)fprintf(stderr, "not JSON: line %d: %s\n", error.line, error.text);
    else if (argc == 2 && strcmp(argv[1], "count") == 0 && json_is_array(value))
        status = printf("%zu\n", json_array_size(value)) < 0;
    else if (argc > 2 && strcmp(argv[1], "fields") == 0)
        status = fields(value, argv + 2);
    else if (argc == 3 && strcmp(argv[1], "get") == 0)
        status = get(value, argv[2]);
    json_decref(value);
    return status;
}
