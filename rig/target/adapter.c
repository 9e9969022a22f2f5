#include "target/adapter.h"

#include <string.h>

bool adapter_exists(const struct adapter *adapter)
{
    return adapter->driver != NULL;
}

bool adapter_can(const struct adapter *adapter, unsigned verbs)
{
    return adapter->driver != NULL && (adapter->driver->verbs & verbs) == verbs;
}

/* RIG_OK when the adapter has the verbs, 0 for those that each adapter has. */
static int need(const struct adapter *adapter, unsigned verbs, const char *what,
                struct diagnostic *diagnostic)
{
    if (!adapter_exists(adapter)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "the target has no adapter");
    }
    if (!adapter_can(adapter, verbs)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "the target's adapter has no verb '%s'",
                               what);
    }
    return RIG_OK;
}

/* As need(), for verbs whose result is an answer; empties it. */
static int need_answer(const struct adapter *adapter, unsigned verb, const char *what,
                       struct adapter_answer *answer, struct diagnostic *diagnostic)
{
    memset(answer, 0, sizeof *answer);
    answer->outcome = ADAPTER_REFUSED; /* whatever a driver forgets is no success */
    return need(adapter, verb, what, diagnostic);
}

int adapter_identity(const struct adapter *adapter, struct adapter_identity *identity,
                     int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = need(adapter, 0, "identity", diagnostic);

    memset(identity, 0, sizeof *identity);
    return error != RIG_OK
               ? error
               : adapter->driver->identity(adapter->self, identity, deadline_ms, diagnostic);
}

int adapter_health(const struct adapter *adapter, enum adapter_channel channel,
                   struct adapter_health *health, int64_t deadline_ms,
                   struct diagnostic *diagnostic)
{
    int error = need(adapter, 0, "health", diagnostic);

    memset(health, 0, sizeof *health);
    return error != RIG_OK
               ? error
               : adapter->driver->health(adapter->self, channel, health, deadline_ms, diagnostic);
}

int adapter_dump(const struct adapter *adapter, struct adapter_dump *dump, int64_t deadline_ms,
                 struct diagnostic *diagnostic)
{
    int error = need(adapter, ADAPTER_CAN_DUMP, "dump", diagnostic);

    memset(dump, 0, sizeof *dump);
    return error != RIG_OK ? error
                           : adapter->driver->dump(adapter->self, dump, deadline_ms, diagnostic);
}

int adapter_login(const struct adapter *adapter, enum adapter_channel channel, const char *password,
                  struct adapter_answer *answer, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = need_answer(adapter, ADAPTER_CAN_LOGIN, "login", answer, diagnostic);

    return error != RIG_OK ? error
                           : adapter->driver->login(adapter->self, channel, password, answer,
                                                    deadline_ms, diagnostic);
}

int adapter_set(const struct adapter *adapter, const char *name, const char *value,
                struct adapter_answer *answer, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = need_answer(adapter, ADAPTER_CAN_SET, "set", answer, diagnostic);

    return error != RIG_OK
               ? error
               : adapter->driver->set(adapter->self, name, value, answer, deadline_ms, diagnostic);
}

int adapter_set_password(const struct adapter *adapter, const char *password,
                         struct adapter_answer *answer, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    int error = need_answer(adapter, ADAPTER_CAN_SET_PASSWORD, "set_password", answer, diagnostic);

    return error != RIG_OK ? error
                           : adapter->driver->set_password(adapter->self, password, answer,
                                                           deadline_ms, diagnostic);
}

int adapter_update(const struct adapter *adapter, const struct adapter_update *update,
                   struct adapter_answer *answer, int64_t deadline_ms,
                   struct diagnostic *diagnostic)
{
    int error = need_answer(adapter, ADAPTER_CAN_UPDATE, "update", answer, diagnostic);

    return error != RIG_OK
               ? error
               : adapter->driver->update(adapter->self, update, answer, deadline_ms, diagnostic);
}

int adapter_confirm(const struct adapter *adapter, struct adapter_answer *answer,
                    int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = need_answer(adapter, ADAPTER_CAN_UPDATE, "confirm", answer, diagnostic);

    return error != RIG_OK
               ? error
               : adapter->driver->confirm(adapter->self, answer, deadline_ms, diagnostic);
}

int adapter_erase(const struct adapter *adapter, struct adapter_answer *answer, int64_t deadline_ms,
                  struct diagnostic *diagnostic)
{
    int error = need_answer(adapter, ADAPTER_CAN_ERASE, "erase", answer, diagnostic);

    return error != RIG_OK ? error
                           : adapter->driver->erase(adapter->self, answer, deadline_ms, diagnostic);
}

int adapter_challenge(const struct adapter *adapter, struct adapter_bytes *challenge,
                      struct adapter_answer *answer, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    int error = need_answer(adapter, ADAPTER_CAN_UNLOCK, "challenge", answer, diagnostic);

    memset(challenge, 0, sizeof *challenge);
    return error != RIG_OK ? error
                           : adapter->driver->challenge(adapter->self, challenge, answer,
                                                        deadline_ms, diagnostic);
}

int adapter_unlock(const struct adapter *adapter, const struct adapter_bytes *token,
                   struct adapter_answer *answer, int64_t deadline_ms,
                   struct diagnostic *diagnostic)
{
    int error = need_answer(adapter, ADAPTER_CAN_UNLOCK, "unlock", answer, diagnostic);

    if (error == RIG_OK && token->size > ADAPTER_UNLOCK_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "a token of more than %d bytes",
                               ADAPTER_UNLOCK_MAX);
    }
    return error != RIG_OK
               ? error
               : adapter->driver->unlock(adapter->self, token, answer, deadline_ms, diagnostic);
}

int adapter_unlock_log(const struct adapter *adapter, struct adapter_unlock_log *log,
                       int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = need(adapter, ADAPTER_CAN_UNLOCK_LOG, "unlock_log", diagnostic);

    memset(log, 0, sizeof *log);
    return error != RIG_OK
               ? error
               : adapter->driver->unlock_log(adapter->self, log, deadline_ms, diagnostic);
}

void adapter_forget(const struct adapter *adapter)
{
    if (adapter->driver != NULL && adapter->driver->forget != NULL) {
        adapter->driver->forget(adapter->self);
    }
}

void adapter_destroy(struct adapter *adapter)
{
    if (adapter->driver != NULL && adapter->driver->destroy != NULL) {
        adapter->driver->destroy(adapter->self);
    }
    memset(adapter, 0, sizeof *adapter);
}

/* ---- dumps ---- */

static const struct adapter_setting *find(const struct adapter_dump *dump, const char *name)
{
    for (size_t i = 0; i < dump->count; i++) {
        if (strcmp(dump->settings[i].name, name) == 0) {
            return &dump->settings[i];
        }
    }
    return NULL;
}

const char *adapter_dump_value(const struct adapter_dump *dump, const char *name)
{
    const struct adapter_setting *setting = find(dump, name);

    return setting == NULL ? NULL : setting->value;
}

/* The first setting of `left` that `right` has not, or has otherwise. */
static const char *first_difference(const struct adapter_dump *left,
                                    const struct adapter_dump *right, bool without_open)
{
    for (size_t i = 0; i < left->count; i++) {
        const struct adapter_setting *setting = &left->settings[i];
        const struct adapter_setting *other = find(right, setting->name);

        if (without_open && setting->is_open && (other == NULL || other->is_open)) {
            continue;
        }
        if (other == NULL || strcmp(setting->value, other->value) != 0) {
            return setting->name;
        }
    }
    return NULL;
}

const char *adapter_dump_difference(const struct adapter_dump *before,
                                    const struct adapter_dump *after, bool without_open)
{
    const char *name = first_difference(before, after, without_open);

    return name != NULL ? name : first_difference(after, before, without_open);
}

const char *adapter_outcome_name(enum adapter_outcome outcome)
{
    switch (outcome) {
    case ADAPTER_ACCEPTED:
        return "accepted";
    case ADAPTER_REFUSED:
        return "refused";
    case ADAPTER_WAIT:
        return "wait";
    case ADAPTER_BUSY:
        return "busy";
    default:
        return "unknown";
    }
}
