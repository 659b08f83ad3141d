/* Devices with a ready map. What a manual leaves to its menus (decimals, unit, word order) stands
 * here as the maker delivers it and can be overridden in the site file; check it once with a known
 * weight, because no reading tells its own word order. Registers are counted from 0: 40001 is 0. */
#include "hw/modbus_map.h"

#include <string.h>

enum { WEIGHT_MS = 200, LEVEL_MS = 1000, LID_MS = 50 };

/* What every map of one kind has in common; a row names the rest. */
#define REGISTERS                                                                                  \
    .function = MODBUS_READ_HOLDING, .channel = 1, .multiply = 1, .divide = 1, .invalid = INT32_MIN
#define WEIGHT      REGISTERS, .kind = READING_WEIGHT, .period_ms = WEIGHT_MS
#define LEVEL       REGISTERS, .kind = READING_LEVEL, .period_ms = LEVEL_MS, PLAIN, ONE, WORD
#define BITS        .channel = 1, .count = 1, .stride = 1
#define WORD        .width = 16, .stride = 1
#define TWO_WORDS   .width = 32, .stride = 2
#define ONE         .count = 1
#define NO_STATUS   .status = MODBUS_NONE
#define NO_DIVISION .division = MODBUS_NONE
#define PLAIN       NO_STATUS, NO_DIVISION

const struct modbus_row modbus_rows[] = {
    /* SYMC BC360 p.42: 16 bits with sign, the point by a division register; function 03. Its
     * register numbers stand on a page that was not at hand. */
    {"bc360",
     "9600/8n1",
     "SYMC BC360: 16 bits and a division register; name both registers",
     {WEIGHT, NO_STATUS, ONE, WORD, .address = 1, .first = MODBUS_NONE, .unit = "kg",
      .division = MODBUS_OPEN}},
    /* CAS CI-600D p.83: 40008 gross H, L; 40010 net H, L. */
    {"ci600d",
     "9600/8n1",
     "CAS CI-600D, gross weight (net: register 9)",
     {WEIGHT, PLAIN, ONE, TWO_WORDS, .address = 1, .first = 7, .unit = "kg", .decimals = 2}},
    {"di",
     "9600/8n1",
     "digital inputs, function 02: lids and doors",
     {BITS, .kind = READING_LID, .period_ms = LID_MS, .function = MODBUS_READ_INPUTS,
      .address = 1}},
    /* EcoBin scale_reader.c: two words, the low one first, grams; a constant negative offset is
     * normal, INT32_MIN is "no value". */
    {"ecobin",
     "9600/8n1",
     "EcoBin load cell: grams, low word first",
     {WEIGHT, PLAIN, ONE, TWO_WORDS, .address = 1, .order = MODBUS_CDAB, .unit = "g"}},
    /* ID551PN p.22, MODBUS-RTU2: 40001/2 displayed weight as float, 40005 status; the next scale 6
     * registers on. Bit 9 under zero, 10 over capacity, 12 motion, 15 weight data ok. */
    {"id551",
     "9600/8n1",
     "ID551 weighing controller: floats with status, up to 4 scales",
     {WEIGHT, NO_DIVISION, ONE, .width = 32, .stride = 6, .address = 1, .number = MODBUS_FLOAT,
      .unit = "kg", .status = 4, .ok_mask = 0x8000, .moving_mask = 0x1000, .overload_mask = 0x0400,
      .underload_mask = 0x0200}},
    /* KPR transmitter, recorded: 0050h, 0.01 kg, no status; 005Eh = 1 by function 16 zeroes it. */
    {"kpr",
     "19200/8n1",
     "KPR transmitter: hundredths of a kilogram",
     {WEIGHT, PLAIN, ONE, TWO_WORDS, .address = 1, .first = 0x50, .unit = "kg", .decimals = 2,
      .zero = {MODBUS_WRITE_REGISTERS, 0x5E, 1}}},
    {"level",
     "9600/8n1",
     "any level sensor: distance in one register, mm",
     {LEVEL, .address = 1, .number = MODBUS_UINT, .unit = "mm", .most_mm = 10000}},
    /* PT113 p.38: 40001 weight, 40003 status: D0 busy, D1 data ok, D2 unstable, D13 to D15 error
     * code, over and under range among them. High word first, no point (p.40). 40009: 1 zero, 2
     * tare. */
    {"pt113",
     "9600/8n1",
     "PT113: weight and status, the point as calibrated",
     {WEIGHT, NO_DIVISION, ONE, TWO_WORDS, .address = 1, .unit = "kg", .decimals = 2, .status = 2,
      .ok_mask = 0x0002, .moving_mask = 0x0004, .error_mask = 0xE001,
      .zero = {MODBUS_WRITE_REGISTER, 8, 1}, .tare = {MODBUS_WRITE_REGISTER, 8, 2}}},
    {"relay",
     "9600/8n1",
     "relays for lid locks, function 05 (or 15)",
     {BITS, .kind = READING_LOCK, .function = MODBUS_WRITE_COIL, .address = 1}},
    /* DFRobot SEN0310 and its like: register 5, cm. */
    {"sen0310",
     "19200/8n1",
     "SEN0310 ultrasonic distance, cm",
     {LEVEL, .address = 0x0B, .first = 5, .number = MODBUS_UINT, .unit = "cm", .least_mm = 10,
      .most_mm = 10000}},
    /* DFRobot SEN0492: register 34h, mm, 40 to 4000. */
    {"sen0492",
     "115200/8n1",
     "SEN0492 laser distance, mm",
     {LEVEL, .address = 0x50, .first = 0x34, .number = MODBUS_UINT, .unit = "mm", .least_mm = 40,
      .most_mm = 4000}},
    {"weight",
     "9600/8n1",
     "any weight transmitter: two registers, grams",
     {WEIGHT, PLAIN, ONE, TWO_WORDS, .address = 1, .unit = "g"}},
    /* Znsv6T1: 0 weight without its point, 14h "send stable only"; 15h = 1 tares and 16h = 1 zeroes
     * it, unless 17h locks writing. */
    {"znsv6t1",
     "9600/8n1",
     "Znsv6T1: weight without its point",
     {WEIGHT, PLAIN, ONE, TWO_WORDS, .address = 1, .unit = "kg", .decimals = 2,
      .zero = {MODBUS_WRITE_REGISTER, 0x16, 1}, .tare = {MODBUS_WRITE_REGISTER, 0x15, 1}}},
    /* ZSG4: 0, 2, 4, 6 are its four channels. */
    {"zsg4",
     "38400/8n1",
     "ZSG4: four channels, grams",
     {WEIGHT, PLAIN, TWO_WORDS, .count = 4, .address = 3, .unit = "g"}},
};
const size_t modbus_row_count = sizeof modbus_rows / sizeof modbus_rows[0];

const struct modbus_row *modbus_row_find(const char *name)
{
    for (size_t i = 0; i < modbus_row_count; i++) {
        if (strcmp(modbus_rows[i].name, name) == 0) {
            return &modbus_rows[i];
        }
    }
    return NULL;
}
