/* What a Modbus slave means by its registers and inputs: a row of data and the arithmetic on it.
 *
 * Pure: no line, no clock. The caller owns everything; any thread. Integers and IEEE 754 patterns
 * become grams or millimetres by integer arithmetic alone, rounded once, half away from zero.
 */
#ifndef HW_MODBUS_MAP_H
#define HW_MODBUS_MAP_H

#include "hw/driver.h"

enum {
    MODBUS_ADDRESS_MAX = 247,   /* 0 is broadcast, 248 to 255 are reserved */
    MODBUS_BLOCK_MAX = 32,      /* registers of one request; CAS CI-600D takes no more (p.83) */
    MODBUS_REQUEST_MAX = 10,    /* a request of ours without its CRC, bytes */
    MODBUS_RATIO_MAX = 1000000, /* multiply and divide */
    MODBUS_DECIMALS_MAX = 6,
    MODBUS_NONE = -1, /* a register that the device does not have, or the site file must name */
    MODBUS_OPEN = -2, /* division: there is one, and the site file must name it */
    MODBUS_ERROR_MAX = 160
};

enum modbus_function {
    MODBUS_READ_COILS = 1,
    MODBUS_READ_INPUTS = 2,
    MODBUS_READ_HOLDING = 3,
    MODBUS_READ_REGISTERS = 4,
    MODBUS_WRITE_COIL = 5,
    MODBUS_WRITE_REGISTER = 6,
    MODBUS_WRITE_COILS = 15,
    MODBUS_WRITE_REGISTERS = 16
};

enum modbus_number { MODBUS_INT, MODBUS_UINT, MODBUS_FLOAT, MODBUS_NUMBER_COUNT };

/* The bytes of 32 bits as they arrive, A the highest; of 16 bits AB or, with BADC and DCBA, BA.
 * It cannot be deduced from one reading: -9 CDAB is -524289 read as ABCD. */
enum modbus_order { MODBUS_ABCD, MODBUS_CDAB, MODBUS_BADC, MODBUS_DCBA, MODBUS_ORDER_COUNT };

/* What a weight transmitter is told by writing one register. */
struct modbus_command {
    int function; /* MODBUS_WRITE_REGISTER or MODBUS_WRITE_REGISTERS; 0: it takes no such command */
    int first;    /* register for the first channel */
    int value;    /* 0 to 65535 */
};

/* Numbers are int because the site file may override each of them. Registers and inputs are as on
 * the wire, from 0: 40001 of a manual is 0. */
struct modbus_map {
    int kind;     /* enum reading_kind: WEIGHT, LEVEL (registers), LID (inputs), LOCK (a relay) */
    int address;  /* of the slave, 1 to 247 */
    int function; /* enum modbus_function */
    int first;    /* register, input or coil of the first channel, or MODBUS_NONE */
    int stride;   /* registers from one channel to the next; inputs and coils: 1 */
    int channel;  /* number of the first channel, from 1 */
    int count;    /* channels in a row, read by one request */
    int width;    /* 16 or 32 bits */
    enum modbus_number number;
    enum modbus_order order;
    bool negate;
    int multiply, divide, decimals; /* shown = number * multiply / divide / 10^decimals */
    char unit[HW_UNIT_MAX];         /* of what is shown: g kg t jin; level: mm cm m */
    int invalid;                    /* the number that says "no value"; INT32_MIN always does */
    int status;                     /* register of the first channel's status bits, or MODBUS_NONE;
                                       those of other channels follow by `stride` */
    int ok_mask;                    /* all of them set, or the value is an error; 0: no such bit */
    int moving_mask, overload_mask, underload_mask, error_mask; /* any of them set; 0: none */
    int division; /* register with the division code of all channels, or MODBUS_NONE: the place
                     of the point, instead of `decimals` */
    struct modbus_command zero, tare; /* WEIGHT only */
    int command_stride; /* registers from one channel's command to the next; with one channel 0 */
    bool open_is_0;     /* LID: the input is 0 while the lid is open */
    int least_mm, most_mm; /* LEVEL: outside is an error */
    int period_ms;         /* how often it is asked */
};

struct modbus_row {
    const char *name; /* in the site file */
    const char *line; /* the device's usual line, "19200/8n1" */
    const char *summary;
    struct modbus_map map;
};

/* The devices with a ready map, sorted by name. */
extern const struct modbus_row modbus_rows[];
extern const size_t modbus_row_count;

const struct modbus_row *modbus_row_find(const char *name); /* NULL where there is none */

/* True where a map can be asked and understood; otherwise the key and the remedy are in `error`. */
bool modbus_map_check(const struct modbus_map *map, char error[MODBUS_ERROR_MAX]);

/* The request that asks for all channels of a map, without CRC. Returns its length; the data of
 * the answer has `*answer_bytes`. Not for relays. */
size_t modbus_map_request(const struct modbus_map *map, uint8_t request[MODBUS_REQUEST_MAX],
                          size_t *answer_bytes);

/* The request that switches one channel of a relay, without CRC; returns its length. Only FF00,
 * 0000 and single bits are ever written: the toggling codes 5500 and 5A00 of some boards would
 * leave a lid in a state that nobody asked for. */
size_t modbus_map_switch(const struct modbus_map *map, int channel, bool on,
                         uint8_t request[MODBUS_REQUEST_MAX]);

/* The request that tells the scale of one channel to zero or tare itself, without CRC; returns its
 * length, 0 where the map knows no such command. */
size_t modbus_map_command(const struct modbus_map *map, int channel, enum hw_command command,
                          uint8_t request[MODBUS_REQUEST_MAX]);

/* One reading for each channel from the data of an answer; port and time are the caller's. Returns
 * how many: `map->count`. */
size_t modbus_map_decode(const struct modbus_map *map, const uint8_t *data,
                         reading_t readings[HW_CHANNELS_MAX]);

/* What all channels of a lid read when its slave does not answer any more: a sensor fault. */
size_t modbus_map_fault(const struct modbus_map *map, reading_t readings[HW_CHANNELS_MAX]);

#endif
