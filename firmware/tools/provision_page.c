#include "provision_page.h"

#include "crypto.h"
#include "system_random.h"

#include <string.h>

#define ITERATIONS       100000U
#define GROUPS           4U /* of the label password */
#define GROUP_LENGTH     4U
#define ALPHABET_SIZE    32U
#define PASSWORD_SYMBOLS (GROUPS * GROUP_LENGTH)

/* Five bits a character; without those that look alike on a label (0 O, 1 I). */
static const char alphabet[ALPHABET_SIZE + 1U] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

const char *provision_strerror(int error)
{
    switch (error) {
    case PROVISION_OK:
        return "no error";
    case PROVISION_ERROR_RANDOM:
        return "no random numbers from the system";
    case PROVISION_ERROR_CRYPTO:
        return "the key of the password cannot be derived";
    case PROVISION_ERROR_PASSWORD:
        return "a password has 1 to 64 characters";
    default:
        return "unknown provisioning error";
    }
}

/* Groups of readable characters: 16 of 5 bits, so 80 bits. */
static int make_label_password(char text[PROVISION_PASSWORD_SIZE])
{
    uint8_t random[PASSWORD_SYMBOLS];
    size_t used = 0;

    if (system_random(random, sizeof random) != 0) {
        return PROVISION_ERROR_RANDOM;
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
    return PROVISION_OK;
}

static int take_label_password(char text[PROVISION_PASSWORD_SIZE], const char *password)
{
    const size_t length = strlen(password);

    if (length == 0 || length >= PROVISION_PASSWORD_SIZE) {
        return PROVISION_ERROR_PASSWORD;
    }
    memcpy(text, password, length + 1U);
    return PROVISION_OK;
}

static int make_verifier(struct password_verifier *verifier, const char *password)
{
    const struct crypto_pbkdf2_input input = {.password = (const uint8_t *)password,
                                              .password_length = strlen(password),
                                              .salt = verifier->salt,
                                              .salt_length = sizeof verifier->salt,
                                              .iterations = ITERATIONS};

    verifier->iterations = ITERATIONS;
    if (system_random(verifier->salt, sizeof verifier->salt) != 0) {
        return PROVISION_ERROR_RANDOM;
    }
    return crypto_pbkdf2_sha256(&input, verifier->key) == CRYPTO_OK ? PROVISION_OK
                                                                    : PROVISION_ERROR_CRYPTO;
}

int provision_page_make(struct provision_page *page, const char *password,
                        enum factory_life_cycle life_cycle)
{
    struct factory_page content;
    int result = password != NULL ? take_label_password(page->label_password, password)
                                  : make_label_password(page->label_password);

    memset(&content, 0, sizeof content);
    content.life_cycle = life_cycle;
    if (result == PROVISION_OK && system_random(content.device_id, sizeof content.device_id) != 0) {
        result = PROVISION_ERROR_RANDOM;
    }
    if (result == PROVISION_OK) {
        result = make_verifier(&content.initial_password, page->label_password);
    }
    if (result == PROVISION_OK) {
        memcpy(page->device_id, content.device_id, sizeof page->device_id);
        factory_encode(&content, page->bytes);
    }
    crypto_wipe(&content, sizeof content);
    return result;
}
