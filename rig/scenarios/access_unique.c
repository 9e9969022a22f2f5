#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "scenarios/common_runs.h"
#include "scenarios/login_moves.h"
#include "scenarios/moves.h"
#include "scenarios/passwords.h"
#include "scenarios/word.h"

/*
 * Passwords that a device leaves the factory with (5.1-1, 5.1-2).
 *
 * Method: some devices are made, one after the other. The password on a device's label must be like
 * that of no other and must not stand in the device's number, which the label and the network tell
 * everybody. Each device refuses in turn the password of the one before and one that all the world
 * knows or that can be read off its number. Each device takes its own password first, so that
 * a refusal says something, and then one wrong one only, so that nobody has to wait.
 */

enum {
    DEVICES_MIN = 2,
    DEVICES_MAX = 40,
    PATIENCE_MS = 10000,
    SEEDS = 1000000,
    RANGES_MAX = 16, /* slots and certificates */
};

static const char *const clauses[] = {"5.1-1", "5.1-2", NULL};
static const char *const storage_clauses[] = {"5.1-1", NULL};

static const struct check_spec checks[] = {
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.1-1", FINDING_HANG, SEVERITY_HIGH,
     "a device that is new does not answer a log-in"},
    {"alike", "%", CHECK_AT_MOST, 60, NULL, "5.1-1", FINDING_ORACLE, SEVERITY_HIGH,
     "passwords on the labels of two devices are the same, or nearly so"},
    {"read-off", "%", CHECK_AT_MOST, 70, NULL, "5.1-2", FINDING_ORACLE, SEVERITY_CRITICAL,
     "the password on the label of a device can be read off its number"},
    {"foreign-accepted", "passwords", CHECK_EQUALS, 0, NULL, "5.1-1", FINDING_ORACLE,
     SEVERITY_CRITICAL, "a device accepts the password of another one"},
    {"default-accepted", "passwords", CHECK_EQUALS, 0, NULL, "5.1-1", FINDING_ORACLE,
     SEVERITY_CRITICAL, "a device accepts a password that all the world knows"},
    {"derived-accepted", "passwords", CHECK_EQUALS, 0, NULL, "5.1-2", FINDING_ORACLE,
     SEVERITY_CRITICAL, "a device accepts a password that can be read off its number"},
    {.name = NULL},
};

/* What is tried on a device, by its number in the trial. */
enum wrong_kind {
    WRONG_DEFAULT,
    WRONG_FOREIGN,
    WRONG_DERIVED,
    WRONG_KINDS,
};

struct label {
    char password[ADAPTER_PASSWORD];
    char device_id[ADAPTER_TEXT];
};

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned devices[DEPTH_COUNT] = {3, 3, DEVICES_MAX};
    uint64_t random = options->seed;

    (void)bench;
    (void)diagnostic;
    return word_append(words, "devices:%u,seed:%" PRIu64, devices[options->depth],
                       random_below(&random, SEEDS));
}

/* What somebody may make of the number of a device: all of it, its end or its beginning. */
static void derive(const char *device_id, uint64_t choice, char password[ADAPTER_PASSWORD])
{
    enum { PART = 8 };
    const size_t length = strlen(device_id);

    switch (choice) {
    case 0:
        (void)snprintf(password, ADAPTER_PASSWORD, "%.*s", ADAPTER_PASSWORD - 1, device_id);
        break;
    case 1:
        (void)snprintf(password, ADAPTER_PASSWORD, "%.*s", PART, device_id);
        break;
    default:
        (void)snprintf(password, ADAPTER_PASSWORD, "%.*s", PART,
                       length > PART ? device_id + length - PART : device_id);
        break;
    }
}

/* The wrong password for that device, and the check that its acceptance breaks. */
static const char *choose(unsigned number, const struct label *labels, uint64_t *random,
                          char password[ADAPTER_PASSWORD])
{
    const struct label *before = &labels[number > 0 ? number - 1 : 0];

    switch (number == 0 ? WRONG_DEFAULT : (enum wrong_kind)(number % WRONG_KINDS)) {
    case WRONG_FOREIGN:
        (void)snprintf(password, ADAPTER_PASSWORD, "%s", before->password);
        return "foreign-accepted";
    case WRONG_DERIVED:
        derive(labels[number].device_id, random_below(random, 3), password);
        return "derived-accepted";
    case WRONG_DEFAULT:
    default:
        (void)snprintf(password, ADAPTER_PASSWORD, "%s",
                       password_default_at(random_below(random, password_default_count())));
        return "default-accepted";
    }
}

static int try_wrong(struct trial *trial, const char *check, const char *password,
                     struct diagnostic *diagnostic)
{
    struct login_attempt attempt;
    int error = move_login(trial, bench_first_channel(trial->bench), password, "wrong", &attempt,
                           diagnostic);

    if (error != RIG_OK || !trial_measure(trial, "answers", attempt.answered, "a log-in"))
        return error;
    (void)trial_proof(trial,
                      attempt.answer.outcome == ADAPTER_REFUSED || login_is_accepted(&attempt),
                      "a wrong password: the device itself says that it judged it: %s, %s",
                      adapter_outcome_name(attempt.answer.outcome), attempt.answer.reason);
    (void)trial_measure(trial, check, login_is_accepted(&attempt), "%s: %s",
                        strcmp(check, "default-accepted") == 0 ? password : "of this kind",
                        adapter_outcome_name(attempt.answer.outcome));
    return RIG_OK;
}

/* Against all the labels before. */
static void compare(struct trial *trial, const struct label *labels, unsigned number)
{
    for (unsigned i = 0; i < number; i++) {
        /* The factory's fault would else be the device's. */
        (void)trial_control(trial, strcmp(labels[i].device_id, labels[number].device_id) != 0,
                            "devices %u and %u are two", i + 1, number + 1);
        (void)trial_control(trial, labels[number].password[0] != '\0',
                            "the factory tells the label's password");
        (void)trial_measure(trial, "alike",
                            password_alike_percent(labels[i].password, labels[number].password),
                            "labels %u and %u", i + 1, number + 1);
    }
}

/* Against the device's own number, if the bench knows it. */
static void compare_number(struct trial *trial, const struct label *label, unsigned number)
{
    if (label->device_id[0] != '\0')
        (void)trial_measure(trial, "read-off",
                            password_read_off_percent(label->password, label->device_id),
                            "label %u", number + 1);
}

static int run_device(struct trial *trial, struct label *labels, unsigned number, uint64_t *random,
                      struct diagnostic *diagnostic)
{
    struct bench *bench = trial->bench;
    struct adapter_health health;
    struct login_attempt attempt;
    char wrong[ADAPTER_PASSWORD];
    const char *check;
    int error = move_start(trial, &health, diagnostic);

    if (error != RIG_OK)
        return error;
    (void)snprintf(labels[number].password, ADAPTER_PASSWORD, "%s", bench->adapter.password);
    (void)snprintf(labels[number].device_id, ADAPTER_TEXT, "%s", bench->device_id);
    compare(trial, labels, number);
    compare_number(trial, &labels[number], number);
    error = move_login_patiently(trial, bench_first_channel(bench), labels[number].password,
                                 "label's", PATIENCE_MS, &attempt, diagnostic);
    if (error != RIG_OK || !trial_control(trial, login_is_accepted(&attempt),
                                          "device %u accepts its own password", number + 1))
        return error;
    check = choose(number, labels, random, wrong);
    error = try_wrong(trial, check, wrong, diagnostic);
    if (error == RIG_OK)
        error = bench_stop(bench, move_deadline(trial), diagnostic);
    return error;
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct label labels[DEVICES_MAX];
    uint64_t random;
    uint64_t devices;
    int error = RIG_OK;

    if (word_number(word, "devices", &devices) != RIG_OK ||
        word_number(word, "seed", &random) != RIG_OK || devices < DEVICES_MIN ||
        devices > DEVICES_MAX)
        return RIG_ERROR_USAGE;
    for (unsigned i = 0; error == RIG_OK && i < devices && !trial_has_failed(trial); i++)
        error = run_device(trial, labels, i, &random, diagnostic);
    return error;
}

const struct scenario access_unique = {
    .id = "access.unique",
    .title = "devices made anew have passwords that nobody can know",
    .clauses = clauses,
    .needs = CAN_POWER | CAN_ADAPTER | CAN_LOGIN | CAN_MAKE_NEW,
    .checks = checks,
    .plan = plan,
    .run = run,
};

/* ---- what two devices have in flash ---- */

static const struct check_spec storage_checks[] = {
    {"shared", "bytes", CHECK_EQUALS, 0, NULL, "5.1-1", FINDING_ORACLE, SEVERITY_HIGH,
     "two devices have a secret, or what makes one, in common"},
    {.name = NULL},
};

/* Boot stage and slots hold the same software, and certificates are public. Returns how many ranges there
 * are. */
static size_t leave_out(const struct bench *bench, const struct file_content *flash,
                        struct byte_range ranges[RANGES_MAX])
{
    static const char *const slots[] = {"slot_a", "slot_b"};
    uint64_t size = 0;
    size_t count = 0;

    if (target_find_number(bench->target, "storage", "boot_size", &size))
        ranges[count++] = (struct byte_range){0, (size_t)size};
    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++) {
        uint64_t from = 0;

        if (target_find_number(bench->target, "storage", slots[i], &from) &&
            target_find_number(bench->target, "storage", "slot_size", &size))
            ranges[count++] = (struct byte_range){(size_t)from, (size_t)(from + size)};
    }
    return count +
           common_runs_certificates(flash->bytes, flash->size, ranges + count, RANGES_MAX - count);
}

/* A device made anew, which has run, and its flash. */
static int make_and_read(struct trial *trial, struct file_content *flash, char *device_id,
                         struct diagnostic *diagnostic)
{
    struct adapter_health health;
    int error = move_start(trial, &health, diagnostic);

    (void)snprintf(device_id, ADAPTER_TEXT, "%s", trial->bench->device_id);
    if (error == RIG_OK)
        error = move_stop(trial, diagnostic);
    return error == RIG_OK ? storage_read(&trial->bench->storage, flash, diagnostic) : error;
}

/* A run that only one of them has is put into the other, and has to be found. Changes `other`. */
static int control_search(struct trial *trial, const struct run_image *image,
                          struct file_content *other, const struct run_image *other_image)
{
    const size_t at = common_runs_first(image);
    struct common_runs found = {0};
    int error;

    if (!trial_control(trial, at + COMMON_RUN_BYTES <= image->size && other->size == image->size,
                       "flash holds something that looks like a secret"))
        return RIG_OK;
    memcpy(other->bytes + at, image->bytes + at, COMMON_RUN_BYTES);
    error = common_runs_find(image, other_image, &found);
    (void)trial_control(trial, error == RIG_OK && found.count >= COMMON_RUN_BYTES,
                        "%d bytes of one device's flash are found when the other one has them",
                        COMMON_RUN_BYTES);
    return error;
}

static int compare_flash(struct trial *trial, struct file_content *one, struct file_content *other)
{
    struct byte_range ranges[RANGES_MAX];
    struct byte_range other_ranges[RANGES_MAX];
    const struct run_image image = {one->bytes, one->size, ranges,
                                    leave_out(trial->bench, one, ranges)};
    const struct run_image other_image = {other->bytes, other->size, other_ranges,
                                          leave_out(trial->bench, other, other_ranges)};
    struct common_runs found;
    int error = common_runs_find(&image, &other_image, &found);

    if (error == RIG_OK)
        error = control_search(trial, &image, other, &other_image);
    if (error == RIG_OK)
        (void)trial_measure(trial, "shared", (double)found.count,
                            "the first ones at offset 0x%zX, and at 0x%zX of the other", found.at,
                            found.at_other);
    return error;
}

static int plan_storage(const struct bench *bench, const struct plan_options *options,
                        struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned pairs[DEPTH_COUNT] = {1, 1, 5};
    int error = RIG_OK;

    (void)bench;
    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < pairs[options->depth]; i++)
        error = word_append(words, "pair:%u", i + 1);
    return error;
}

static int run_storage(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    char ids[2][ADAPTER_TEXT];
    struct file_content one = {0};
    struct file_content other = {0};
    uint64_t pair;
    int error;

    if (word_number(word, "pair", &pair) != RIG_OK)
        return RIG_ERROR_USAGE;
    error = make_and_read(trial, &one, ids[0], diagnostic);
    if (error == RIG_OK)
        error = make_and_read(trial, &other, ids[1], diagnostic);
    if (error == RIG_OK) {
        (void)trial_proof(trial, strcmp(ids[0], ids[1]) != 0,
                          "two devices were made: their numbers are %s and %s", ids[0], ids[1]);
        error = compare_flash(trial, &one, &other);
    }
    file_content_free(&one);
    file_content_free(&other);
    return error;
}

const struct scenario access_unique_storage = {
    .id = "access.unique-storage",
    .title = "devices made anew have no secret in common in their flash",
    .clauses = storage_clauses,
    .needs = CAN_POWER | CAN_ADAPTER | CAN_STORAGE | CAN_MAKE_NEW,
    .checks = storage_checks,
    .plan = plan_storage,
    .run = run_storage,
};
