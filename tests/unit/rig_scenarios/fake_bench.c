#include "fake_bench.h"

#include <string.h>

#include "target/bench_device.h"

#define FIRST_NAME "of the factory"

static bool has_come(const struct fake_bench *fake, unsigned at)
{
    return at != 0 && fake->writes >= at;
}

static int answer_or_silence(const struct fake_bench *fake)
{
    if (has_come(fake, fake->freezes_at) || has_come(fake, fake->hangs_at))
        return RIG_ERROR_TIMEOUT;
    return fake->is_on || fake->adapter_always_healthy ? RIG_OK : RIG_ERROR_TIMEOUT;
}

static int check(struct bench *bench, bool ask, struct diagnostic *diagnostic)
{
    const struct fake_bench *fake = bench->device_self;

    (void)ask;
    return has_come(fake, fake->freezes_at)
               ? diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "the emulator stands still")
               : RIG_OK;
}

static int on(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct fake_bench *fake = self;

    (void)deadline_ms;
    if (fake->power_fails && fake->starts > 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "relay: exit code 1");
    if (fake->is_on || (fake->starts > 0 && fake->dies))
        return RIG_OK;
    fake->is_on = true;
    fake->starts++;
    if (fake->forgets)
        (void)strcpy(fake->name, FIRST_NAME);
    return RIG_OK;
}

static int off(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct fake_bench *fake = self;

    (void)deadline_ms;
    (void)diagnostic;
    if (!fake->power_does_nothing)
        fake->is_on = false;
    fake->is_armed = false;
    fake->has_fallen = false;
    return RIG_OK;
}

static int arm(void *self, const struct power_cut *cut, struct diagnostic *diagnostic)
{
    struct fake_bench *fake = self;

    (void)diagnostic;
    fake->cut = *cut;
    fake->is_armed = !fake->cut_never_comes;
    fake->has_fallen = false;
    return RIG_OK;
}

static bool has_fallen(void *self)
{
    return ((struct fake_bench *)self)->has_fallen;
}

/* Writes, unless power falls before; false when it has fallen by the end. */
static bool write_name(struct fake_bench *fake, const char *name)
{
    const bool falls = fake->is_armed && fake->cut.operation == 0;

    if (!falls || fake->cut.moment == POWER_CUT_AFTER)
        (void)strcpy(fake->name, name);
    if (fake->is_armed && !falls)
        fake->cut.operation--;
    if (falls) {
        fake->is_armed = false;
        fake->has_fallen = true;
        fake->is_on = false;
    }
    return !falls;
}

static int health(void *self, enum adapter_channel channel, struct adapter_health *said,
                  int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const struct fake_bench *fake = self;

    (void)channel;
    (void)deadline_ms;
    (void)diagnostic;
    *said = (struct adapter_health){.ok = true,
                                    .has_starts = true,
                                    .starts = fake->starts,
                                    .has_link = true,
                                    .link_up = fake->link_up,
                                    .function_ok = true};
    return answer_or_silence(fake);
}

static int identity(void *self, struct adapter_identity *said, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    (void)deadline_ms;
    (void)diagnostic;
    memset(said, 0, sizeof *said);
    return answer_or_silence(self);
}

static int dump(void *self, struct adapter_dump *said, int64_t deadline_ms,
                struct diagnostic *diagnostic)
{
    const struct fake_bench *fake = self;

    (void)deadline_ms;
    (void)diagnostic;
    memset(said, 0, sizeof *said);
    said->count = 1;
    (void)strcpy(said->settings[0].name, "name");
    (void)strcpy(said->settings[0].value, fake->dump_is_stale ? FIRST_NAME : fake->name);
    return answer_or_silence(fake);
}

static int set(void *self, const char *name, const char *value, struct adapter_answer *answer,
               int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct fake_bench *fake = self;

    (void)name;
    (void)deadline_ms;
    (void)diagnostic;
    memset(answer, 0, sizeof *answer);
    if (fake->lacks_words && strlen(value) > 3 && strncmp(value, "ordeal", 6) != 0)
        return RIG_ERROR_USAGE;
    fake->writes++;
    if (fake->chooses && strlen(value) > 20) {
        answer->outcome = ADAPTER_REFUSED;
        return answer_or_silence(fake);
    }
    if (fake->loses_answers && fake->writes % 3 == 0)
        return RIG_ERROR_TIMEOUT;
    return write_name(fake, value) ? answer_or_silence(fake) : RIG_ERROR_TIMEOUT;
}

static const struct device_driver device_driver = {.check = check};
static const struct power_driver power_driver = {
    .counts_operations = true, .on = on, .off = off, .arm = arm, .has_fallen = has_fallen};
static const struct adapter_driver adapter_driver = {.verbs = ADAPTER_CAN_DUMP | ADAPTER_CAN_SET,
                                                     .identity = identity,
                                                     .health = health,
                                                     .dump = dump,
                                                     .set = set};

void fake_bench_make(struct fake_bench *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->link_up = true;
    (void)strcpy(fake->name, FIRST_NAME);
    fake->target.name = (char *)"fake";
    fake->bench.target = &fake->target;
    fake->bench.device = &device_driver;
    fake->bench.device_self = fake;
    fake->bench.power = (struct power){&power_driver, fake};
    fake->bench.adapter = (struct adapter){&adapter_driver, fake, ""};
    fake->bench.capabilities = CAN_POWER | CAN_CUT | CAN_ADAPTER | CAN_DUMP | CAN_SET;
}
