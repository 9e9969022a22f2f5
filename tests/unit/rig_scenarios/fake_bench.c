#include "fake_bench.h"

#include <string.h>

#define FIRST_NAME "of the factory"

static int answer_or_silence(const struct fake_bench *fake)
{
    return fake->is_on || fake->adapter_always_healthy ? RIG_OK : RIG_ERROR_TIMEOUT;
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
    return RIG_OK;
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
    (void)strcpy(fake->name, value);
    return answer_or_silence(fake);
}

static const struct power_driver power_driver = {.on = on, .off = off};
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
    fake->bench.power = (struct power){&power_driver, fake};
    fake->bench.adapter = (struct adapter){&adapter_driver, fake, ""};
    fake->bench.capabilities = CAN_POWER | CAN_ADAPTER | CAN_DUMP | CAN_SET;
}
