/* #include "kiosk/core/view.h" is a comment and no fault. */
#include <stdint.h>
