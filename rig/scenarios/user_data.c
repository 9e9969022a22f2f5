#include "scenarios/user_data.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scenarios/login_moves.h"
#include "scenarios/moves.h"
#include "scenarios/passwords.h"

enum { OCTETS = 4, PATIENCE_MS = 10000 };

/* How the emulator's network calls this machine. */
static const uint8_t emulated_host[OCTETS] = {10, 0, 2, 2};

/* ---- settings ---- */

/* Whether the device takes that value. One that the adapter does not know how to say is none. */
static int offer(struct trial *trial, const char *name, const char *value, bool *taken,
                 struct diagnostic *diagnostic)
{
    struct adapter_answer answer;
    int error =
        adapter_set(&trial->bench->adapter, name, value, &answer, move_deadline(trial), diagnostic);

    *taken = error == RIG_OK && answer.outcome == ADAPTER_ACCEPTED;
    if (*taken)
        trial_note(trial, "set %s to %s", name, value);
    return error == RIG_ERROR_USAGE ? RIG_OK : error;
}

/* A text with a canary, if it takes texts. The number behind it tells writes apart. */
static int give_text(struct trial *trial, const char *name, struct user_data *data,
                     uint64_t *random, unsigned rewrites, bool *taken,
                     struct diagnostic *diagnostic)
{
    char text[CANARY_TEXT + 1];
    char value[ADAPTER_TEXT];
    int error = RIG_OK;

    canary_make_text(random, text);
    *taken = true;
    for (unsigned i = 0; error == RIG_OK && *taken && i <= rewrites; i++) {
        (void)snprintf(value, sizeof value, "%s%02u", text, i % 100);
        error = offer(trial, name, value, taken, diagnostic);
    }
    if (error == RIG_OK && *taken)
        (void)canary_add(&data->canaries, name, text, CANARY_TEXT, true);
    return error;
}

static int give_similar(struct trial *trial, const struct adapter_setting *setting,
                        struct user_data *data, uint64_t *random, bool *taken,
                        struct diagnostic *diagnostic)
{
    char value[ADAPTER_TEXT];
    int error;

    *taken = false;
    if (!canary_make_similar(setting->value, random, value))
        return RIG_OK;
    error = offer(trial, setting->name, value, taken, diagnostic);
    if (error == RIG_OK && *taken)
        canary_add_value(&data->canaries, setting->name, value);
    return error;
}

static int give_settings(struct trial *trial, const struct user_data_wish *wish, uint64_t *random,
                         struct user_data *data, struct diagnostic *diagnostic)
{
    unsigned rewrites = wish->rewrites;
    size_t given = 0;
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < data->defaults.count; i++) {
        const struct adapter_setting *setting = &data->defaults.settings[i];
        bool taken = false;

        error = give_text(trial, setting->name, data, random, rewrites, &taken, diagnostic);
        if (taken)
            rewrites = 0;
        else if (error == RIG_OK && !wish->texts_only)
            error = give_similar(trial, setting, data, random, &taken, diagnostic);
        given += taken;
    }
    if (error == RIG_OK)
        error =
            adapter_dump(&trial->bench->adapter, &data->changed, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        (void)trial_control(
            trial, given > 0 && move_count_changes(&data->defaults, &data->changed, NULL) == given,
            "%zu settings were given values of a user, and the dump shows them", given);
    return error;
}

/* ---- password and address ---- */

static int give_password(struct trial *trial, uint64_t *random, struct user_data *data,
                         struct diagnostic *diagnostic)
{
    struct adapter *adapter = &trial->bench->adapter;
    struct adapter_answer answer;
    int error;

    password_make_new(random, data->password);
    error =
        adapter_set_password(adapter, data->password, &answer, move_deadline(trial), diagnostic);
    if (error != RIG_OK)
        return error;
    if (answer.outcome != ADAPTER_ACCEPTED)
        return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE,
                               "the device does not take a password of 20 characters: %s",
                               answer.reason);
    user_data_use_own(trial, data);
    (void)canary_add(&data->canaries, "password", data->password, strlen(data->password), true);
    return RIG_OK;
}

/* The address that this machine has for the device. False when nobody knows. */
static bool find_own_address(const struct bench *bench, uint8_t octets[OCTETS])
{
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
    struct sockaddr_in own = {0};
    socklen_t size = sizeof own;
    struct addrinfo *found = NULL;
    bool known = false;
    int descriptor;

    memcpy(octets, emulated_host, OCTETS);
    if (bench->target->class == TARGET_EMULATED)
        return true;
    if (getaddrinfo(bench->tcp.host, "502", &hints, &found) != 0)
        return false;
    descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0) { /* sends nothing: only asks for the way */
        known = connect(descriptor, found->ai_addr, found->ai_addrlen) == 0 &&
                getsockname(descriptor, (struct sockaddr *)&own, &size) == 0;
        (void)close(descriptor);
    }
    freeaddrinfo(found);
    memcpy(octets, &own.sin_addr.s_addr, OCTETS);
    return known;
}

static int give_address(struct trial *trial, struct user_data *data, struct diagnostic *diagnostic)
{
    struct login_attempt attempt;
    uint8_t octets[OCTETS];
    int error;

    if (bench_first_channel(trial->bench) != ADAPTER_LOCAL ||
        (trial->bench->capabilities & CAN_TCP) == 0 || !find_own_address(trial->bench, octets))
        return RIG_OK;
    error = move_login_patiently(trial, ADAPTER_NETWORK, trial->bench->adapter.password, "right",
                                 PATIENCE_MS, &attempt, diagnostic);
    if (error == RIG_OK && login_is_accepted(&attempt))
        (void)canary_add(&data->canaries, "address of a log-in", octets, OCTETS, false);
    return error;
}

int user_data_give(struct trial *trial, const struct user_data_wish *wish, uint64_t *random,
                   struct user_data *data, struct diagnostic *diagnostic)
{
    int error;

    data->canaries.count = 0;
    data->password[0] = '\0';
    (void)snprintf(data->label, sizeof data->label, "%s", trial->bench->adapter.password);
    error = adapter_dump(&trial->bench->adapter, &data->defaults, move_deadline(trial), diagnostic);
    if (error == RIG_OK && wish->address) /* before a setting may cut it off */
        error = give_address(trial, data, diagnostic);
    if (error == RIG_OK)
        error = give_settings(trial, wish, random, data, diagnostic);
    if (error == RIG_OK && wish->password)
        error = give_password(trial, random, data, diagnostic);
    return error;
}

/* ---- flash ---- */

int user_data_read_flash(struct trial *trial, struct file_content *flash,
                         struct diagnostic *diagnostic)
{
    const int error = move_stop(trial, diagnostic);

    return error == RIG_OK ? storage_read(&trial->bench->storage, flash, diagnostic) : error;
}

int user_data_plant(struct trial *trial, uint64_t *random, struct user_data *data,
                    struct file_content *flash, struct diagnostic *diagnostic)
{
    const struct user_data_wish wish = {.password = true};
    int error = user_data_give(trial, &wish, random, data, diagnostic);

    if (error == RIG_OK)
        error = user_data_read_flash(trial, flash, diagnostic);
    if (error == RIG_OK) {
        const struct canary_image without = {(const uint8_t *)"", 0};
        const struct canary_image with = {flash->bytes, flash->size};
        const size_t found = canary_settle(&data->canaries, &without, &with);

        (void)trial_control(trial, found > 0, "flash holds %zu of %zu canaries of the user's",
                            found, data->canaries.count);
    }
    return error;
}

void user_data_describe(size_t count, const struct canary_hit *first, char text[TRIAL_REASON])
{
    if (count == 0)
        (void)snprintf(text, TRIAL_REASON, "none");
    else
        (void)snprintf(text, TRIAL_REASON, "%s, %s, at offset 0x%zX of flash", first->canary->name,
                       canary_encoding_name(first->encoding), first->at);
}

void user_data_use_label(struct trial *trial, const struct user_data *data)
{
    (void)snprintf(trial->bench->adapter.password, ADAPTER_PASSWORD, "%s", data->label);
}

void user_data_use_own(struct trial *trial, const struct user_data *data)
{
    (void)snprintf(trial->bench->adapter.password, ADAPTER_PASSWORD, "%s",
                   data->password[0] != '\0' ? data->password : data->label);
}
