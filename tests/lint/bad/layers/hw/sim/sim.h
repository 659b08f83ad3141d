#include "hw/port.h"
