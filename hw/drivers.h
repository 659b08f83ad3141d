/* The rows of the driver table, each defined in the file of its device family. Only drivers.c
 * includes this beside them; everybody else asks hw_driver_find(). */
#ifndef HW_DRIVERS_H
#define HW_DRIVERS_H

#include "hw/driver.h"

extern const struct hw_driver level_uart_a02;
extern const struct hw_driver level_uart_aj_sr04m;
extern const struct hw_driver level_uart_jsn_sr04t;
extern const struct hw_driver level_uart_tfmini;
extern const struct hw_driver lid_board_lid_line;
extern const struct hw_driver lock_8a_lock8a;
extern const struct hw_driver modbus_frames_di;
extern const struct hw_driver modbus_frames_relay;
extern const struct hw_driver modbus_frames_rtu;
extern const struct hw_driver modbus_frames_weight_abcd;
extern const struct hw_driver modbus_frames_weight_cdab;
extern const struct hw_driver reader_qr_line;
extern const struct hw_driver reader_rfid_em_bin;
extern const struct hw_driver reader_rfid_rdm630;
extern const struct hw_driver scale_adam_azextra;
extern const struct hw_driver scale_and_and_std;
extern const struct hw_driver scale_cas_cas22;
extern const struct hw_driver scale_dingsong_ds822;
extern const struct hw_driver scale_dini;
extern const struct hw_driver scale_equals_eq_forward;
extern const struct hw_driver scale_equals_xpsy_eq_tail;
extern const struct hw_driver scale_equals_yaohua_eq_rev;
extern const struct hw_driver scale_kern_ew;
extern const struct hw_driver scale_kern_text;
extern const struct hw_driver scale_mettler_mt_8217;
extern const struct hw_driver scale_mettler_mt_cont;
extern const struct hw_driver scale_ohaus_defender;
extern const struct hw_driver scale_sartorius_sbi;
extern const struct hw_driver scale_sics_mt_sics;
extern const struct hw_driver scale_stgs_st_gs;
extern const struct hw_driver scale_weightech_wt1000;
extern const struct hw_driver scale_yaohua_cmd;
extern const struct hw_driver scale_yaohua_tf0;
extern const struct hw_driver scale_yaohua_wg15;
extern const struct hw_driver scale_yaohua_ww;

#endif
