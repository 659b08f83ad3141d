#  include "kiosk/store/ledger.h"
