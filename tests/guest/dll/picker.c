// picker: one file for all programs; which pick.dll it is bound to depends on the program.
#include "dll.h"

IMPORT int PickValue(void);

unsigned picker_data[2048] = {1};
unsigned* picker_pointer = picker_data;  ///< An address: a page with a fix-up.
int PickerValue(void) { return *picker_pointer == 1 ? PickValue() : -1; }
void* PickerPlace(void) { return (void*)PickerPlace; }
