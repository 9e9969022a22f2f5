#include "telemetry_command_seeds.h"

#include <string.h>

static const struct {
    const char *name;
    const char *text;
} seeds[] = {
    {"one-decimal", "{\"set_point\": 21.5}"},
    {"whole-degrees", "{\"set_point\":21}"},
    {"lowest", "{\"set_point\":5}"},
    {"highest", "{\"set_point\":30.0}"},
    {"blanks", " {\t\"set_point\"\r\n: 19.0 }\n"},
    {"longest", "{                                        \"set_point\": 18.5     }"},
    {"too-long", "{                                        \"set_point\": 18.5      }"},
    {"below", "{\"set_point\":4.9}"},
    {"above", "{\"set_point\":30.1}"},
    {"wraps", "{\"set_point\":429496749.6}"},
    {"negative", "{\"set_point\":-21}"},
    {"two-decimals", "{\"set_point\":21.55}"},
    {"no-decimal", "{\"set_point\":21.}"},
    {"leading-zero", "{\"set_point\":021}"},
    {"exponent", "{\"set_point\":21e0}"},
    {"string", "{\"set_point\":\"21\"}"},
    {"null", "{\"set_point\":null}"},
    {"nested", "{\"set_point\":{\"set_point\":21}}"},
    {"empty-object", "{}"},
    {"double", "{\"set_point\":21,\"set_point\":22}"},
    {"unknown", "{\"mode\":0}"},
    {"escaped-name", "{\"set\\u005fpoint\":21}"},
    {"two-objects", "{\"set_point\":21}{\"set_point\":22}"},
    {"cut-off", "{\"set_point\":2"},
    {"bare-name", "{set_point:21}"},
    {"open-name", "{\"set_point"},
    {"no-colon", "{\"set_point\" 21}"},
    {"array", "[{\"set_point\":21}]"},
};

void telemetry_command_seeds(void (*save)(const char *harness, const char *name,
                                          const uint8_t *data, size_t size))
{
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        save("telemetry_command", seeds[i].name, (const uint8_t *)seeds[i].text,
             strlen(seeds[i].text));
    }
}
