#include "kiosk/shell/b.h"
