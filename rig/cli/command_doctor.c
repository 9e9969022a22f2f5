#include "cli/commands.h"

#include <jansson.h>

#include "cli/doctor_checks.h"
#include "cli/doctor_probes.h"
#include "cli/doctor_target.h"
#include "cli/output.h"
#include "cli/table.h"
#include "report/json_text.h"

static const char *state_of(const struct check *check)
{
    if (check->ok)
        return "ok";
    return check->needed ? "MISSING" : "missing";
}

static int print_table(const struct check_list *list)
{
    static const char *const headings[] = {"STATE", "WHAT", "NAME", "DETAIL"};
    struct table *table = table_create(headings, 4);
    int error = table == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < list->count; i++) {
        const struct check *check = &list->items[i];
        const char *const cells[] = {state_of(check), check->area, check->name, check->detail};
        error = table_add(table, cells);
    }
    if (error == RIG_OK)
        table_print(table);
    table_destroy(table);
    return error;
}

static void print_remedies(const struct check_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].ok)
            continue;
        output_print("%s", list->items[i].needed ? "needed:   " : "optional: ");
        output_text(list->items[i].name);
        output_print(": ");
        output_text(list->items[i].remedy);
        output_print("\n");
    }
}

static int print_json(const struct check_list *list, const struct usb_probe_list *probes)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < list->count; i++) {
        const struct check *check = &list->items[i];
        json_t *object =
            json_pack("{s:o, s:o, s:b, s:b, s:o, s:o}", "area", json_text(check->area), "name",
                      json_text(check->name), "needed", (int)check->needed, "ok", (int)check->ok,
                      "detail", json_text(check->detail), "remedy", json_text(check->remedy));
        if (json_array_append_new(array, object) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    if (array == NULL)
        return RIG_ERROR_NO_MEMORY;
    return output_json(json_pack("{s:b, s:o, s:o}", "ok",
                                 (int)(check_list_exit_code(list) == EXIT_CLEAN), "checks", array,
                                 "probes", doctor_probes_json(probes)));
}

static int check_all(const struct command_line *line, struct lab *lab, struct check_list *list,
                     struct usb_probe_list *probes)
{
    int error = doctor_check_tools(list);

    if (error == RIG_OK)
        error = doctor_check_libraries(list);
    if (error == RIG_OK)
        error = doctor_check_workspace(list, lab, line);
    if (error == RIG_OK)
        error = doctor_check_store(list, line);
    if (error == RIG_OK)
        error = doctor_check_probes(list, probes);
    if (error == RIG_OK && line->given[OPTION_TARGET] && lab->workspace != NULL)
        error = doctor_check_target(list, lab, line, probes);
    return error;
}

int command_doctor(const struct command_line *line, enum exit_code *exit_code,
                   struct diagnostic *diagnostic)
{
    struct lab lab = {NULL, NULL, NULL, NULL};
    struct check_list list = {NULL, 0};
    struct usb_probe_list probes = {NULL, 0};
    int error = RIG_OK;

    if (line->given[OPTION_BENCH] && !line->given[OPTION_TARGET])
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "--bench says more of a target; name the target with --target");
    error = check_all(line, &lab, &list, &probes);
    if (error == RIG_OK) {
        *exit_code = check_list_exit_code(&list);
        if (line->given[OPTION_JSON]) {
            error = print_json(&list, &probes);
        } else {
            error = print_table(&list);
            print_remedies(&list);
        }
    }
    check_list_free(&list);
    usb_probes_free(&probes);
    lab_close(&lab);
    return error;
}
