/* The one table of drivers, and the words of `biaogan decode`. A new device family is a new file
 * with its row, a line in drivers.h and a line here. */
#include "hw/drivers.h"

#include <string.h>

const struct hw_driver *const hw_drivers[] = {
    &scale_adam_azextra,
    &scale_and_and_std,
    &scale_cas_cas22,
    &scale_dingsong_ds822,
    &scale_dini,
    &scale_equals_eq_forward,
    &scale_kern_ew,
    &scale_kern_text,
    &modbus_frames_rtu,
    &modbus_frames_weight_abcd,
    &modbus_frames_weight_cdab,
    &scale_mettler_mt_8217,
    &scale_mettler_mt_cont,
    &scale_sics_mt_sics,
    &scale_ohaus_defender,
    &scale_sartorius_sbi,
    &scale_stgs_st_gs,
    &scale_weightech_wt1000,
    &scale_equals_xpsy_eq_tail,
    &scale_yaohua_cmd,
    &scale_equals_yaohua_eq_rev,
    &scale_yaohua_tf0,
    &scale_yaohua_wg15,
    &scale_yaohua_ww,
    &lid_board_lid_line,
    &modbus_frames_di,
    &level_uart_a02,
    &level_uart_aj_sr04m,
    &level_uart_jsn_sr04t,
    &level_uart_tfmini,
    &reader_rfid_em_bin,
    &reader_qr_line,
    &reader_rfid_rdm630,
    &lock_8a_lock8a,
    &modbus_frames_relay,
};
const size_t hw_driver_count = sizeof hw_drivers / sizeof hw_drivers[0];

static const char *const reject_texts[REJECT_REASON_COUNT] = {
#define X(name, text) [name] = text,
    REJECT_REASONS(X)
#undef X
};

static const char *const status_texts[] = {
    [READING_OK] = "ok",
    [READING_MOVING] = "unstable",
    [READING_OVERLOAD] = "overload",
    [READING_UNDERLOAD] = "underload",
    [READING_BUSY] = "busy",
    [READING_ERROR] = "error",
};

const struct hw_driver *hw_driver_find(const char *name)
{
    for (size_t i = 0; i < hw_driver_count; i++) {
        if (strcmp(hw_drivers[i]->name, name) == 0) {
            return hw_drivers[i];
        }
    }
    return NULL;
}

const char *hw_reject_text(enum reject_reason reason)
{
    return reject_texts[reason];
}

const char *hw_status_text(enum reading_status status)
{
    return status_texts[status];
}
