#include "target/adapter_answer.h"

#include <string.h>

#include "base/hexadecimal.h"
#include "base/text.h"

/* Whether a member is there; *fits becomes false when it must be and is not. */
static bool has(const json_t *object, const char *name, bool needed, bool *fits)
{
    if (json_object_get(object, name) != NULL) {
        return true;
    }
    *fits = *fits && !needed;
    return false;
}

/* A text of `out`'s size; `out` stays as it is when there is none. */
static bool read_text(const json_t *object, const char *name, bool needed, char *out, size_t size)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL) {
        return !needed;
    }
    return json_is_string(value) && text_copy(out, size, json_string_value(value)) == RIG_OK;
}

static bool read_number(const json_t *object, const char *name, bool needed, uint64_t *number)
{
    bool fits = true;
    if (!has(object, name, needed, &fits)) {
        return fits;
    }
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        return false;
    }
    *number = (uint64_t)json_integer_value(value);
    return true;
}

static bool read_bool(const json_t *object, const char *name, bool *truth)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL) {
        return true;
    }
    *truth = json_is_true(value);
    return json_is_boolean(value);
}

#define TEXT(object, name, needed, out) read_text((object), (name), (needed), (out), sizeof(out))

const char *adapter_answer_identity(const json_t *answer, struct adapter_identity *identity)
{
    memset(identity, 0, sizeof *identity);
    if (!TEXT(answer, "product", true, identity->product)) {
        return "`product` is no text of at most 127 bytes";
    }
    if (!TEXT(answer, "version", true, identity->version)) {
        return "`version` is no text of at most 127 bytes";
    }
    if (!TEXT(answer, "device_id", false, identity->device_id)) {
        return "`device_id` is no text of at most 127 bytes";
    }
    if (!TEXT(answer, "slot", false, identity->slot) ||
        (identity->slot[0] != '\0' && strcmp(identity->slot, "a") != 0 &&
         strcmp(identity->slot, "b") != 0)) {
        return "`slot` is neither \"a\" nor \"b\" nor \"\"";
    }
    return read_bool(answer, "on_trial", &identity->on_trial) ? NULL : "`on_trial` is no bool";
}

static const char *read_counts(const json_t *answer, struct adapter_health *health)
{
    if (!read_number(answer, "uptime_s", true, &health->uptime_s)) {
        return "`uptime_s` is no number from 0 on";
    }
    if (!read_number(answer, "starts", false, &health->starts)) {
        return "`starts` is no number from 0 on";
    }
    if (!read_number(answer, "queued", false, &health->queued) ||
        !read_number(answer, "dropped", false, &health->dropped) ||
        !read_number(answer, "acknowledged", false, &health->acknowledged)) {
        return "`queued`, `dropped` or `acknowledged` is no number from 0 on";
    }
    return NULL;
}

const char *adapter_answer_health(const json_t *answer, struct adapter_health *health)
{
    memset(health, 0, sizeof *health);
    const char *wrong = read_counts(answer, health);
    if (wrong != NULL) {
        return wrong;
    }
    health->ok = true;
    if (!read_bool(answer, "healthy", &health->ok)) {
        return "`healthy` is no bool";
    }
    health->function_ok = health->ok;
    if (!read_bool(answer, "function_ok", &health->function_ok)) {
        return "`function_ok` is no bool";
    }
    if (!read_bool(answer, "link_up", &health->link_up) ||
        !read_bool(answer, "uplink_connected", &health->uplink_connected)) {
        return "`link_up` or `uplink_connected` is no bool";
    }
    if (!TEXT(answer, "reset_cause", false, health->reset_cause)) {
        return "`reset_cause` is no text of at most 23 bytes";
    }
    health->has_starts = json_object_get(answer, "starts") != NULL;
    health->has_link = json_object_get(answer, "link_up") != NULL;
    health->has_uplink = json_object_get(answer, "uplink_connected") != NULL;
    return NULL;
}

static bool read_setting(const json_t *item, struct adapter_setting *setting)
{
    return json_is_object(item) && TEXT(item, "name", true, setting->name) &&
           setting->name[0] != '\0' && TEXT(item, "value", true, setting->value) &&
           read_bool(item, "is_open", &setting->is_open);
}

static bool is_named_before(const struct adapter_dump *dump, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(dump->settings[i].name, dump->settings[index].name) == 0) {
            return true;
        }
    }
    return false;
}

const char *adapter_answer_dump(const json_t *answer, struct adapter_dump *dump)
{
    const json_t *settings = json_object_get(answer, "settings");
    memset(dump, 0, sizeof *dump);
    if (!json_is_array(settings) || json_array_size(settings) > ADAPTER_SETTINGS_MAX) {
        return "`settings` is no list of at most 64";
    }
    for (size_t i = 0; i < json_array_size(settings); i++) {
        if (!read_setting(json_array_get(settings, i), &dump->settings[i])) {
            return "a setting is not {name, value, is_open} of short texts and a bool";
        }
        if (is_named_before(dump, i)) {
            return "a setting stands there twice";
        }
        dump->count = i + 1;
    }
    return NULL;
}

const char *adapter_answer_outcome(const json_t *answer, struct adapter_answer *outcome)
{
    static const char *const names[] = {"accepted", "refused", "wait", "busy"};
    const char *name = json_string_value(json_object_get(answer, "outcome"));
    const json_t *reason = json_object_get(answer, "reason");
    size_t found = 0;
    memset(outcome, 0, sizeof *outcome);
    while (name != NULL && found < 4 && strcmp(names[found], name) != 0) {
        found++;
    }
    if (name == NULL || found == 4) {
        return "`outcome` is none of accepted, refused, wait, busy";
    }
    outcome->outcome = (enum adapter_outcome)found;
    if (!read_number(answer, "wait_ms", false, &outcome->wait_ms)) {
        return "`wait_ms` is no number from 0 on";
    }
    if (reason != NULL && !json_is_string(reason)) {
        return "`reason` is no text";
    }
    if (reason != NULL) {
        (void)text_escape(outcome->reason, sizeof outcome->reason, json_string_value(reason),
                          json_string_length(reason));
    }
    return NULL;
}

const char *adapter_answer_challenge(const json_t *answer, struct adapter_answer *outcome,
                                     struct adapter_bytes *challenge)
{
    const char *wrong = adapter_answer_outcome(answer, outcome);
    const char *text = json_string_value(json_object_get(answer, "challenge"));

    if (wrong != NULL || outcome->outcome != ADAPTER_ACCEPTED) {
        return wrong;
    }
    return text != NULL && hexadecimal_read(text, challenge->bytes, sizeof challenge->bytes,
                                            &challenge->size)
               ? NULL
               : "`challenge` is no text of 2 to 1024 hexadecimal digits, in pairs";
}

const char *adapter_answer_unlock_log(const json_t *answer, struct adapter_unlock_log *log)
{
    return read_number(answer, "opened", true, &log->opened) &&
                   read_number(answer, "refused", true, &log->refused)
               ? NULL
               : "`opened` or `refused` is no number from 0 on";
}

static unsigned verb_bit(const char *name)
{
    static const struct {
        const char *name;
        unsigned bit;
    } verbs[] = {
        {"dump", ADAPTER_CAN_DUMP},     {"login", ADAPTER_CAN_LOGIN},
        {"set", ADAPTER_CAN_SET},       {"set_password", ADAPTER_CAN_SET_PASSWORD},
        {"update", ADAPTER_CAN_UPDATE}, {"erase", ADAPTER_CAN_ERASE},
        {"unlock", ADAPTER_CAN_UNLOCK}, {"unlock_log", ADAPTER_CAN_UNLOCK_LOG},
    };
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            return verbs[i].bit;
        }
    }
    return 0;
}

const char *adapter_answer_hello(const json_t *answer, unsigned *verbs)
{
    const json_t *list = json_object_get(answer, "verbs");
    const json_t *protocol = json_object_get(answer, "protocol");
    int musts = 0;
    *verbs = 0;
    if (!json_is_integer(protocol) || json_integer_value(protocol) != 1) {
        return "`protocol` is not 1";
    }
    if (!json_is_array(list)) {
        return "`verbs` is no list";
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (name == NULL) {
            return "a verb is no text";
        }
        musts |= strcmp(name, "identity") == 0 ? 1 : strcmp(name, "health") == 0 ? 2 : 0;
        *verbs |= verb_bit(name);
    }
    return musts == 3 ? NULL : "`verbs` lacks identity or health, which every adapter has";
}
