#include "broker_address.h"

#include <stddef.h>
#include <string.h>

#define MAX_PORT_DIGITS 5U

static bool is_host_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-';
}

static bool parse_port(const char *digits, size_t count, uint16_t *port)
{
    uint32_t number = 0;

    if (count == 0 || count > MAX_PORT_DIGITS || digits[0] == '0') {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (digits[i] < '0' || digits[i] > '9') {
            return false;
        }
        number = number * 10U + (uint32_t)(digits[i] - '0');
    }
    *port = (uint16_t)number;
    return number <= UINT16_MAX;
}

bool broker_address_parse(struct broker_address *address, const char text[SETTINGS_BROKER_SIZE])
{
    uint16_t port = BROKER_ADDRESS_DEFAULT_PORT;
    size_t host_length = 0;
    size_t length;

    while (host_length < SETTINGS_BROKER_SIZE && is_host_character(text[host_length])) {
        host_length++;
    }
    length = host_length;
    while (length < SETTINGS_BROKER_SIZE && text[length] != '\0') {
        length++;
    }
    if (host_length == 0) {
        return false;
    }
    if (length > host_length &&
        (text[host_length] != ':' ||
         !parse_port(text + host_length + 1U, length - host_length - 1U, &port))) {
        return false;
    }
    memset(address, 0, sizeof *address);
    memcpy(address->host, text, host_length);
    address->port = port;
    return true;
}
