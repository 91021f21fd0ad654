// image.dll: a table of 4 MiB, to be mapped and never run.
__declspec(dllexport) extern unsigned table[];

int __attribute__((stdcall)) DllMainCRTStartup(void* module, unsigned reason, void* reserved) {
  (void)module, (void)reason, (void)reserved;
  return table[0] != 0;
}
