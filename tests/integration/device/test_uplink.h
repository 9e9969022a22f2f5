/* test_uplink.h - what the files of device.uplink share. One test runs at a time, on one bench. */
#ifndef TESTS_TEST_UPLINK_H
#define TESTS_TEST_UPLINK_H

#include "uplink_bench.h"

#include <stdint.h>

#define SOON_MS          15000U  /* for what takes the device no longer than a moment */
#define CONNECT_LIMIT_MS 60000U  /* the first attempt waits up to 10 s */
#define READING_LIMIT_MS 40000U  /* the next reading is due 10 s after the one before */
#define RECOVER_LIMIT_MS 120000U /* after six failures an attempt waits up to 32 s */

extern struct uplink_bench bench;

/* In the broker's log. The test comes by another way, but for its look whether the broker is up. */
extern const char call_from_device[];

/* A device that is connected to the genuine broker, where its first reading has arrived. */
void connect_device(void);

/* All readings up to this one have left the queue; none was dropped, one at most sent twice. */
void expect_all_delivered(uint16_t number);

/* test_uplink_failures.c */
void test_brokers_that_are_not_genuine_are_refused(void **state);
void test_readings_outlive_a_lost_link(void **state);
void test_readings_outlive_a_lost_broker(void **state);
void test_without_credentials_nobody_is_called(void **state);

#endif
