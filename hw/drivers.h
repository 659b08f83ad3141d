/* The rows of the driver table, each defined in the file of its device family. Only drivers.c
 * includes this beside them; everybody else asks hw_driver_find(). */
#ifndef HW_DRIVERS_H
#define HW_DRIVERS_H

#include "hw/driver.h"

extern const struct hw_driver lid_board_lid_line;
extern const struct hw_driver scale_stgs_st_gs;
extern const struct hw_driver scale_yaohua_tf0;

#endif
