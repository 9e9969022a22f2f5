/* The rig's mailbox client against a peer that keeps to the protocol, and against liars. */
#include "hearth_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#define PASSWORD "correct horse"

static struct hearth_peer peer;
static struct hearth_mailbox mailbox;
static struct hearth_reply reply;
static struct diagnostic diagnostic;

static int set_up(void **state)
{
    (void)state;
    diagnostic_clear(&diagnostic);
    hearth_peer_create(&peer, PASSWORD);
    memset(&mailbox, 0, sizeof mailbox);
    mailbox.carry = hearth_peer_carry;
    mailbox.context = &peer;
    memcpy(mailbox.device_id, peer.device_id, sizeof mailbox.device_id);
    return 0;
}

static int hello(void)
{
    return hearth_mailbox_hello(&mailbox, &reply, 0, &diagnostic);
}

static int login(const char *password)
{
    int error = hello();

    return error == RIG_OK && reply.status == HEARTH_STATUS_OK
               ? hearth_mailbox_login(&mailbox, password, &reply, 0, &diagnostic)
               : error;
}

static int request(size_t size)
{
    uint8_t payload[HEARTH_PAYLOAD + 1];
    const struct hearth_request asked = {HEARTH_GET_SETTING, payload, size};

    memset(payload, 0xA5, sizeof payload);
    return hearth_mailbox_request(&mailbox, &asked, &reply, 0, &diagnostic);
}

static void an_honest_peer_is_understood(void **state)
{
    (void)state;
    assert_int_equal(login(PASSWORD), RIG_OK);
    assert_int_equal(reply.status, HEARTH_STATUS_OK);
    assert_true(mailbox.is_open);
    for (size_t size = 0; size < HEARTH_PAYLOAD; size++) {
        assert_int_equal(request(size), RIG_OK);
        assert_int_equal(reply.size, size);
        assert_true(size == 0 || reply.bytes[size - 1] == 0xA5);
    }
}

static void nonces_never_come_twice(void **state)
{
    uint8_t nonce[HEARTH_NONCE];

    (void)state;
    assert_int_equal(hello(), RIG_OK);
    memcpy(nonce, mailbox.client_nonce, sizeof nonce);
    assert_int_equal(hello(), RIG_OK);
    assert_memory_not_equal(nonce, mailbox.client_nonce, sizeof nonce);
}

static void a_wrong_password_opens_nothing(void **state)
{
    (void)state;
    assert_int_equal(login("wrong horse"), RIG_OK);
    assert_int_equal(reply.status, HEARTH_STATUS_WRONG_PROOF);
    assert_int_equal(reply.wait_ms, 1000);
    assert_false(mailbox.is_open);
    assert_int_equal(request(1), RIG_ERROR_USAGE);
    assert_int_equal(login(PASSWORD), RIG_OK); /* the other password's key is not kept */
    assert_true(mailbox.is_open);
    assert_int_equal(login("wrong horse"), RIG_OK);
    assert_false(mailbox.is_open);
}

static void a_refusal_is_told(void **state)
{
    (void)state;
    peer.refusal = HEARTH_STATUS_BUSY;
    assert_int_equal(login(PASSWORD), RIG_OK);
    assert_int_equal(reply.status, HEARTH_STATUS_BUSY);
    assert_int_equal(reply.wait_ms, 1000);
    assert_int_equal(hearth_mailbox_login(&mailbox, PASSWORD, &reply, 0, &diagnostic),
                     RIG_ERROR_USAGE);
    peer.refusal = 0;
    assert_int_equal(login(PASSWORD), RIG_OK);
    peer.refusal = 200; /* a status that nobody knows */
    assert_int_equal(request(1), RIG_OK);
    assert_string_equal(hearth_status_text(reply.status), "unknown status");
}

static void absurd_iterations_are_not_worked_off(void **state)
{
    static const uint32_t counts[] = {0, HEARTH_ITERATIONS_MAX + 1, UINT32_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        peer.verifier.iterations = counts[i];
        assert_int_equal(login(PASSWORD), RIG_ERROR_DEVICE);
        assert_non_null(strstr(diagnostic.text, "iterations"));
        assert_int_equal(peer.messages, i + 1); /* no LOGIN went out */
    }
}

static void liars_about_hello_are_caught(void **state)
{
    static const enum peer_lie lies[] = {PEER_VERSION,        PEER_SHORT,         PEER_LONG,
                                         PEER_ALMOST_LONG,    PEER_NO_SESSION,    PEER_OTHER_TYPE,
                                         PEER_OTHER_SEQUENCE, PEER_PAYLOAD,       PEER_ECHO,
                                         PEER_REFUSED_DONE,   PEER_REFUSED_OTHERS};

    (void)state;
    peer.lie_about = HEARTH_HELLO;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        peer.lie = lies[i];
        if (hello() != RIG_ERROR_DEVICE) {
            fail_msg("lie %d was believed", (int)lies[i]);
        }
        assert_string_not_equal(diagnostic.text, "");
    }
}

static const enum peer_lie sealed_lies[] = {
    PEER_VERSION,    PEER_SHORT,         PEER_LONG,           PEER_ALMOST_LONG,
    PEER_OTHER_TYPE, PEER_OTHER_SESSION, PEER_OTHER_SEQUENCE, PEER_TAG,
    PEER_PAYLOAD,    PEER_ECHO,          PEER_REFUSED_DONE,   PEER_REFUSED_OTHERS};

static void liars_about_login_are_caught(void **state)
{
    (void)state;
    peer.lie_about = HEARTH_LOGIN;
    for (size_t i = 0; i < sizeof sealed_lies / sizeof sealed_lies[0]; i++) {
        peer.lie = sealed_lies[i];
        if (login(PASSWORD) != RIG_ERROR_DEVICE) {
            fail_msg("lie %d was believed", (int)sealed_lies[i]);
        }
        assert_false(mailbox.is_open);
    }
}

static void liars_about_a_request_are_caught(void **state)
{
    (void)state;
    assert_int_equal(login(PASSWORD), RIG_OK);
    peer.lie_about = HEARTH_GET_SETTING;
    for (size_t i = 0; i < sizeof sealed_lies / sizeof sealed_lies[0]; i++) {
        peer.lie = sealed_lies[i];
        if (request(3) != RIG_ERROR_DEVICE) {
            fail_msg("lie %d was believed", (int)sealed_lies[i]);
        }
        assert_int_equal(reply.size, 0);
    }
    peer.lie = PEER_HONEST;
    assert_int_equal(request(3), RIG_OK); /* none of them ended the session */
}

static void silence_is_the_carriers_word(void **state)
{
    (void)state;
    peer.lie_about = HEARTH_LOGIN;
    peer.lie = PEER_SILENT;
    assert_int_equal(login(PASSWORD), RIG_ERROR_TIMEOUT);
    assert_false(mailbox.is_open);
}

static void too_much_is_not_sent(void **state)
{
    unsigned messages;

    (void)state;
    assert_int_equal(login(PASSWORD), RIG_OK);
    messages = peer.messages;
    assert_int_equal(request(HEARTH_PAYLOAD + 1), RIG_ERROR_USAGE);
    assert_int_equal(peer.messages, messages);
}

static void each_part_of_a_verifier_counts(void **state)
{
    struct hearth_verifier first = {.salt = {1}, .iterations = 10};
    struct hearth_verifier second = {.salt = {1}, .iterations = 10};

    (void)state;
    assert_int_equal(hearth_verifier_derive(&first, "a", &diagnostic), RIG_OK);
    assert_int_equal(hearth_verifier_derive(&second, "a", &diagnostic), RIG_OK);
    assert_memory_equal(first.key, second.key, sizeof first.key);
    assert_int_equal(hearth_verifier_derive(&second, "b", &diagnostic), RIG_OK);
    assert_memory_not_equal(first.key, second.key, sizeof first.key);
    second.salt[0] = 2;
    assert_int_equal(hearth_verifier_derive(&second, "a", &diagnostic), RIG_OK);
    assert_memory_not_equal(first.key, second.key, sizeof first.key);
    second.salt[0] = 1;
    second.iterations = 11;
    assert_int_equal(hearth_verifier_derive(&second, "a", &diagnostic), RIG_OK);
    assert_memory_not_equal(first.key, second.key, sizeof first.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_honest_peer_is_understood, set_up),
        cmocka_unit_test_setup(nonces_never_come_twice, set_up),
        cmocka_unit_test_setup(a_wrong_password_opens_nothing, set_up),
        cmocka_unit_test_setup(a_refusal_is_told, set_up),
        cmocka_unit_test_setup(absurd_iterations_are_not_worked_off, set_up),
        cmocka_unit_test_setup(liars_about_hello_are_caught, set_up),
        cmocka_unit_test_setup(liars_about_login_are_caught, set_up),
        cmocka_unit_test_setup(liars_about_a_request_are_caught, set_up),
        cmocka_unit_test_setup(silence_is_the_carriers_word, set_up),
        cmocka_unit_test_setup(too_much_is_not_sent, set_up),
        cmocka_unit_test_setup(each_part_of_a_verifier_counts, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
