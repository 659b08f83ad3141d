#include "hw/reading.h"
