#include "provision.h"

#include "crypto.h"
#include "factory.h"
#include "process_report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

#define ITERATIONS       100000U
#define GROUPS           4U /* of the label password */
#define GROUP_LENGTH     4U
#define ALPHABET_SIZE    32U
#define PASSWORD_SYMBOLS (GROUPS * GROUP_LENGTH)

/* Five bits a character; without those that look alike on a label (0 O, 1 I). */
static const char alphabet[ALPHABET_SIZE + 1U] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

static int fill_random(uint8_t *bytes, size_t length)
{
    ssize_t got = getrandom(bytes, length, 0);

    if (got < 0 || (size_t)got != length) {
        return process_refuse("no random numbers from the system: %s", strerror(errno));
    }
    return 0;
}

/* Groups of readable characters: 16 of 5 bits, so 80 bits. */
static int make_label_password(char *text)
{
    uint8_t random[PASSWORD_SYMBOLS];
    size_t used = 0;

    if (fill_random(random, sizeof random) != 0) {
        return -1;
    }
    for (size_t i = 0; i < PASSWORD_SYMBOLS; i++) {
        if (i > 0 && i % GROUP_LENGTH == 0) {
            text[used] = '-';
            used++;
        }
        text[used] = alphabet[random[i] % ALPHABET_SIZE];
        used++;
    }
    text[used] = '\0';
    return 0;
}

static int make_verifier(struct password_verifier *verifier, const char *password)
{
    const struct crypto_pbkdf2_input input = {.password = (const uint8_t *)password,
                                              .password_length = strlen(password),
                                              .salt = verifier->salt,
                                              .salt_length = sizeof verifier->salt,
                                              .iterations = ITERATIONS};
    int result;

    if (fill_random(verifier->salt, sizeof verifier->salt) != 0) {
        return -1;
    }
    verifier->iterations = ITERATIONS;
    result = crypto_pbkdf2_sha256(&input, verifier->key);
    if (result != CRYPTO_OK) {
        return process_refuse("label password: %s", crypto_strerror(result));
    }
    return 0;
}

int provision_device(struct provisioned_device *device, const char *password)
{
    const uint32_t at = flash_model_geometry(HAL_FLASH_FACTORY).offset;
    struct factory_page page;

    memset(&page, 0, sizeof page);
    if (password != NULL) {
        (void)snprintf(device->label_password, sizeof device->label_password, "%s", password);
    } else if (make_label_password(device->label_password) != 0) {
        return -1;
    }
    if (fill_random(page.device_id, sizeof page.device_id) != 0 ||
        make_verifier(&page.initial_password, device->label_password) != 0) {
        return -1;
    }
    memset(device->flash, FLASH_ERASED, sizeof device->flash);
    factory_encode(&page, device->flash + at);
    crypto_wipe(&page, sizeof page);
    return 0;
}
