#include "modbus_pdu.h"

#include "byte_order.h"
#include "registers.h"

#include <string.h>

/* Quantities that one request may ask for: V1.1b3, 6. */
#define MAX_READ_BITS       2000U
#define MAX_READ_REGISTERS  125U
#define MAX_WRITE_BITS      1968U
#define MAX_WRITE_REGISTERS 123U
#define MAX_FC23_WRITE      121U

#define COIL_ON  0xFF00U
#define COIL_OFF 0x0000U

/* Read Device Identification: V1.1b3, 6.21. */
#define MEI_DEVICE_ID    0x0EU
#define MEI_BASIC        0x01U
#define MEI_EXTENDED     0x03U
#define MEI_INDIVIDUAL   0x04U
#define MEI_CONFORMITY   0x81U /* basic objects, stream and individual access */
#define MEI_OBJECT_COUNT 3U

/* A request and the response in the making. */
struct transaction {
    struct device *device;
    enum modbus_origin origin;
    const uint8_t *request;
    size_t length;
    uint8_t *response;
    size_t response_length;
};

/* Address and quantity of most requests. */
struct range {
    uint16_t address;
    uint16_t count;
};

static enum modbus_exception check_range(struct range range, uint16_t most, uint16_t available)
{
    if (range.count == 0 || range.count > most) {
        return MODBUS_ILLEGAL_VALUE;
    }
    if (range.address >= available || range.count > available - range.address) {
        return MODBUS_ILLEGAL_ADDRESS;
    }
    return MODBUS_OK;
}

static struct range get_range(const uint8_t *bytes)
{
    const struct range range = {.address = get_be16(bytes), .count = get_be16(bytes + 2)};

    return range;
}

static enum modbus_exception read_bits(struct transaction *transaction)
{
    const bool coils = transaction->request[0] == MODBUS_READ_COILS;
    struct range range;
    enum modbus_exception refused;
    uint8_t *bits = transaction->response + 2;

    if (transaction->length != 5) {
        return MODBUS_ILLEGAL_VALUE;
    }
    range = get_range(transaction->request + 1);
    refused =
        check_range(range, MAX_READ_BITS, coils ? REGISTERS_COILS : REGISTERS_DISCRETE_INPUTS);
    if (refused != MODBUS_OK) {
        return refused;
    }
    transaction->response[1] = (uint8_t)((range.count + 7U) / 8U);
    memset(bits, 0, transaction->response[1]);
    for (uint16_t i = 0; i < range.count; i++) {
        uint16_t address = (uint16_t)(range.address + i);
        bool on = coils ? registers_coil(transaction->device, address)
                        : registers_discrete_input(transaction->device, address);
        if (on) {
            bits[i / 8U] = (uint8_t)(bits[i / 8U] | (1U << (i % 8U)));
        }
    }
    transaction->response_length = 2U + transaction->response[1];
    return MODBUS_OK;
}

/* registers_holding() or registers_input(). */
typedef uint16_t register_function(const struct device *device, uint16_t address);

/* The range has been checked. */
static void put_registers(struct transaction *transaction, struct range range,
                          register_function *value_of)
{
    transaction->response[1] = (uint8_t)(2U * range.count);
    for (uint16_t i = 0; i < range.count; i++) {
        put_be16(transaction->response + 2 + 2 * (size_t)i,
                 value_of(transaction->device, (uint16_t)(range.address + i)));
    }
    transaction->response_length = 2U + 2U * (size_t)range.count;
}

static enum modbus_exception read_registers(struct transaction *transaction, uint16_t available,
                                            register_function *value_of)
{
    struct range range;
    enum modbus_exception refused;

    if (transaction->length != 5) {
        return MODBUS_ILLEGAL_VALUE;
    }
    range = get_range(transaction->request + 1);
    refused = check_range(range, MAX_READ_REGISTERS, available);
    if (refused == MODBUS_OK) {
        put_registers(transaction, range, value_of);
    }
    return refused;
}

static enum modbus_exception read_holding(struct transaction *transaction)
{
    return read_registers(transaction, REGISTERS_HOLDING, registers_holding);
}

static enum modbus_exception read_inputs(struct transaction *transaction)
{
    return read_registers(transaction, REGISTERS_INPUTS, registers_input);
}

/* Commits a draft; the response repeats the first `echo` bytes of the request. */
static enum modbus_exception commit(struct transaction *transaction, const struct settings *draft,
                                    size_t echo)
{
    enum modbus_exception refused = registers_commit(transaction->device, draft);

    if (refused == MODBUS_OK) {
        memcpy(transaction->response, transaction->request, echo);
        transaction->response_length = echo;
    }
    return refused;
}

static enum modbus_exception write_single_coil(struct transaction *transaction)
{
    struct settings draft = transaction->device->settings.current;
    const uint8_t *request = transaction->request;
    uint16_t value;
    uint8_t bit;

    if (transaction->length != 5) {
        return MODBUS_ILLEGAL_VALUE;
    }
    value = get_be16(request + 3);
    if (value != COIL_ON && value != COIL_OFF) {
        return MODBUS_ILLEGAL_VALUE;
    }
    if (get_be16(request + 1) >= REGISTERS_COILS) {
        return MODBUS_ILLEGAL_ADDRESS;
    }
    bit = value == COIL_ON ? 1 : 0;
    registers_draft_coils(&draft, get_be16(request + 1), 1, &bit);
    return commit(transaction, &draft, 5);
}

static enum modbus_exception write_multiple_coils(struct transaction *transaction)
{
    struct settings draft = transaction->device->settings.current;
    const uint8_t *request = transaction->request;
    struct range range;
    enum modbus_exception refused;

    if (transaction->length < 6) {
        return MODBUS_ILLEGAL_VALUE;
    }
    range = get_range(request + 1);
    if (request[5] != (range.count + 7U) / 8U || transaction->length != 6U + request[5]) {
        return MODBUS_ILLEGAL_VALUE;
    }
    refused = check_range(range, MAX_WRITE_BITS, REGISTERS_COILS);
    if (refused != MODBUS_OK) {
        return refused;
    }
    registers_draft_coils(&draft, range.address, range.count, request + 6);
    return commit(transaction, &draft, 5);
}

static enum modbus_exception write_single_register(struct transaction *transaction)
{
    struct settings draft = transaction->device->settings.current;
    enum modbus_exception refused;

    if (transaction->length != 5) {
        return MODBUS_ILLEGAL_VALUE;
    }
    refused = registers_draft_holding(&draft, get_be16(transaction->request + 1),
                                      get_be16(transaction->request + 3));
    return refused == MODBUS_OK ? commit(transaction, &draft, 5) : refused;
}

static enum modbus_exception mask_write_register(struct transaction *transaction)
{
    struct settings draft = transaction->device->settings.current;
    const uint8_t *request = transaction->request;
    enum modbus_exception refused;
    uint16_t address;
    uint16_t and_mask;
    uint16_t or_mask;

    if (transaction->length != 7) {
        return MODBUS_ILLEGAL_VALUE;
    }
    address = get_be16(request + 1);
    and_mask = get_be16(request + 3);
    or_mask = get_be16(request + 5);
    if (address >= REGISTERS_HOLDING) {
        return MODBUS_ILLEGAL_ADDRESS;
    }
    refused = registers_draft_holding(
        &draft, address,
        (uint16_t)((registers_holding(transaction->device, address) & and_mask) |
                   (or_mask & ~(unsigned)and_mask)));
    return refused == MODBUS_OK ? commit(transaction, &draft, 7) : refused;
}

static enum modbus_exception draft_registers(struct settings *draft, struct range range,
                                             const uint8_t *values)
{
    enum modbus_exception refused = MODBUS_OK;

    for (uint16_t i = 0; i < range.count && refused == MODBUS_OK; i++) {
        refused = registers_draft_holding(draft, (uint16_t)(range.address + i),
                                          get_be16(values + 2 * (size_t)i));
    }
    return refused;
}

static enum modbus_exception write_multiple_registers(struct transaction *transaction)
{
    struct settings draft = transaction->device->settings.current;
    const uint8_t *request = transaction->request;
    struct range range;
    enum modbus_exception refused;

    if (transaction->length < 6) {
        return MODBUS_ILLEGAL_VALUE;
    }
    range = get_range(request + 1);
    if (request[5] != 2U * range.count || transaction->length != 6U + request[5]) {
        return MODBUS_ILLEGAL_VALUE;
    }
    refused = check_range(range, MAX_WRITE_REGISTERS, REGISTERS_HOLDING);
    if (refused == MODBUS_OK) {
        refused = draft_registers(&draft, range, request + 6);
    }
    return refused == MODBUS_OK ? commit(transaction, &draft, 5) : refused;
}

static void exchange_message(struct transaction *transaction, size_t message_length)
{
    struct device *device = transaction->device;
    uint8_t *answer = transaction->response + 2;
    size_t length = mailbox_handle(device, transaction->request + 10, message_length, answer);

    memset(answer + length, 0, MAILBOX_MAX_MESSAGE - length);
    transaction->response[1] = (uint8_t)MAILBOX_MAX_MESSAGE;
    transaction->response_length = 2U + MAILBOX_MAX_MESSAGE;
}

static enum modbus_exception read_write_registers(struct transaction *transaction)
{
    struct settings draft = transaction->device->settings.current;
    const uint8_t *request = transaction->request;
    struct range read;
    struct range write;
    enum modbus_exception refused;

    if (transaction->length < 10) {
        return MODBUS_ILLEGAL_VALUE;
    }
    read = get_range(request + 1);
    write = get_range(request + 5);
    if (read.count == 0 || read.count > MAX_READ_REGISTERS || write.count == 0 ||
        write.count > MAX_FC23_WRITE || request[9] != 2U * write.count ||
        transaction->length != 10U + request[9]) {
        return MODBUS_ILLEGAL_VALUE;
    }
    if (write.address == REGISTERS_MAILBOX && read.address == REGISTERS_MAILBOX) {
        if (read.count != REGISTERS_MAILBOX_COUNT) {
            return MODBUS_ILLEGAL_VALUE;
        }
        exchange_message(transaction, request[9]);
        return MODBUS_OK;
    }
    if (transaction->origin != MODBUS_FROM_RTU || transaction->device->running.recovery) {
        return MODBUS_ILLEGAL_ADDRESS;
    }
    refused = check_range(read, MAX_READ_REGISTERS, REGISTERS_HOLDING);
    if (refused == MODBUS_OK) {
        refused = draft_registers(&draft, write, request + 10);
    }
    if (refused == MODBUS_OK) {
        refused = registers_commit(transaction->device, &draft);
    }
    if (refused == MODBUS_OK) {
        put_registers(transaction, read, registers_holding);
    }
    return refused;
}

/* Appends one object of the identification at `at`; returns where the next one goes. */
static size_t put_identification(const struct transaction *transaction, uint8_t object, size_t at)
{
    char version[DEVICE_VERSION_SIZE];
    const char *const objects[MEI_OBJECT_COUNT] = {DEVICE_VENDOR, DEVICE_PRODUCT, version};
    size_t size;

    device_version(transaction->device, version);
    size = strlen(objects[object]);
    transaction->response[at] = object;
    transaction->response[at + 1U] = (uint8_t)size;
    memcpy(transaction->response + at + 2U, objects[object], size);
    return at + 2U + size;
}

static enum modbus_exception read_identification(struct transaction *transaction)
{
    const uint8_t *request = transaction->request;
    uint8_t *response = transaction->response;
    uint8_t first;
    uint8_t last = MEI_OBJECT_COUNT - 1U;
    size_t at = 7;

    if (transaction->length < 2 || request[1] != MEI_DEVICE_ID) {
        return MODBUS_ILLEGAL_FUNCTION;
    }
    if (transaction->length != 4 || request[2] < MEI_BASIC || request[2] > MEI_INDIVIDUAL) {
        return MODBUS_ILLEGAL_VALUE;
    }
    /* Stream access begins again at 0 when the object is unknown; individual access refuses. */
    first = request[3] < MEI_OBJECT_COUNT ? request[3] : 0;
    if (request[2] == MEI_INDIVIDUAL) {
        if (request[3] >= MEI_OBJECT_COUNT) {
            return MODBUS_ILLEGAL_ADDRESS;
        }
        last = first;
    }
    response[1] = MEI_DEVICE_ID;
    response[2] = request[2];
    response[3] = MEI_CONFORMITY;
    response[4] = 0; /* nothing follows in another response */
    response[5] = 0;
    response[6] = (uint8_t)(last - first + 1U);
    for (uint8_t object = first; object <= last; object++) {
        at = put_identification(transaction, object, at);
    }
    transaction->response_length = at;
    return MODBUS_OK;
}

/* One line for each function code: who handles it, and whether the network may use it, and whether
 * it is there in recovery. */
struct function_entry {
    uint8_t code;
    bool from_network;
    bool in_recovery;
    enum modbus_exception (*handle)(struct transaction *transaction);
};

static const struct function_entry functions[] = {
    {MODBUS_READ_COILS, true, false, read_bits},
    {MODBUS_READ_DISCRETE_INPUTS, true, false, read_bits},
    {MODBUS_READ_HOLDING_REGISTERS, true, false, read_holding},
    {MODBUS_READ_INPUT_REGISTERS, true, false, read_inputs},
    {MODBUS_WRITE_SINGLE_COIL, false, false, write_single_coil},
    {MODBUS_WRITE_SINGLE_REGISTER, false, false, write_single_register},
    {MODBUS_WRITE_MULTIPLE_COILS, false, false, write_multiple_coils},
    {MODBUS_WRITE_MULTIPLE_REGISTERS, false, false, write_multiple_registers},
    {MODBUS_MASK_WRITE_REGISTER, false, false, mask_write_register},
    {MODBUS_READ_WRITE_REGISTERS, true, true, read_write_registers},
    {MODBUS_ENCAPSULATED_INTERFACE, true, true, read_identification},
};

/* In recovery there is no network. */
static bool available(const struct transaction *transaction, const struct function_entry *function)
{
    if (transaction->device->running.recovery) {
        return transaction->origin == MODBUS_FROM_RTU && function->in_recovery;
    }
    return transaction->origin == MODBUS_FROM_RTU || function->from_network;
}

static enum modbus_exception dispatch(struct transaction *transaction)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (functions[i].code == transaction->request[0]) {
            return available(transaction, &functions[i]) ? functions[i].handle(transaction)
                                                         : MODBUS_ILLEGAL_FUNCTION;
        }
    }
    return MODBUS_ILLEGAL_FUNCTION;
}

size_t modbus_pdu_handle(struct device *device, enum modbus_origin origin, const uint8_t *request,
                         size_t length, uint8_t response[MODBUS_MAX_PDU])
{
    struct transaction transaction = {.device = device,
                                      .origin = origin,
                                      .request = request,
                                      .length = length,
                                      .response = response};
    enum modbus_exception refused;

    response[0] = request[0];
    device->requester.interface = origin == MODBUS_FROM_RTU ? EVENT_FROM_RTU : EVENT_FROM_TCP;
    refused = dispatch(&transaction);
    memset(&device->requester, 0, sizeof device->requester);
    if (refused != MODBUS_OK) {
        response[0] = (uint8_t)(request[0] | MODBUS_EXCEPTION_FLAG);
        response[1] = (uint8_t)refused;
        return 2;
    }
    return transaction.response_length;
}
