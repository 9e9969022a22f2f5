#include "telemetry_command_model.h"

#include "json_tokens.h"
#include "settings.h"
#include "telemetry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOKENS 6U

/* No exponent, one decimal at most. */
static bool is_plain(const struct json_token *number)
{
    const char *point = memchr(number->text, '.', number->length);

    return memchr(number->text, 'e', number->length) == NULL &&
           memchr(number->text, 'E', number->length) == NULL &&
           (point == NULL || number->text + number->length - point <= 2);
}

static double value_of(const struct json_token *number)
{
    char text[TELEMETRY_MAX_COMMAND + 1U] = "";

    memcpy(text, number->text, number->length);
    return strtod(text, NULL);
}

bool telemetry_command_model(const uint8_t *text, size_t length, int *set_point)
{
    struct json_tokens tokens = {.next = (const char *)text, .left = length};
    struct json_token found[TOKENS];
    double tenths;

    if (length > TELEMETRY_MAX_COMMAND) {
        return false;
    }
    for (size_t i = 0; i < TOKENS; i++) {
        found[i] = json_tokens_next(&tokens);
    }
    if (!json_token_is(&found[0], JSON_MARK, "{") ||
        !json_token_is(&found[1], JSON_STRING, "set_point") ||
        !json_token_is(&found[2], JSON_MARK, ":") || found[3].kind != JSON_NUMBER ||
        !json_token_is(&found[4], JSON_MARK, "}") || found[5].kind != JSON_END ||
        !is_plain(&found[3])) {
        return false;
    }
    tenths = round(value_of(&found[3]) * 10.0);
    if (tenths < SETTINGS_MIN_SET_POINT || tenths > SETTINGS_MAX_SET_POINT) {
        return false;
    }
    *set_point = (int)tenths;
    return true;
}
