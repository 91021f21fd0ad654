// isolation, system calls: memory, sections, files, processes, clocks. What each is given is right, but for the
// names: nobody has those.
#include "isolation_pointers.h"

// So much of a larger buffer is written.
#define MAPPED_NAME_SIZE \
  (sizeof(UNICODE_STRING) + 2 * sizeof("\\Device\\HarddiskVolume1\\isolation.exe"))
// Up to and with EnvironmentSize, the last that is read.
#define PARAMETERS_SIZE 0x294

void ForEachMemoryCall(Field* field, Visit* visit) {
  Data* const data = field->data;
  const ULONG file = (ULONG)field->file, section = (ULONG)field->section;
  const ULONG output = (ULONG)StandardOutput();
  const Call calls[] = {
      CALL(NtAllocateVirtualMemory, STATUS_SUCCESS,
           ARGUMENTS(SELF, AT(base), 0, AT(size), MEM_RESERVE, PAGE_READWRITE),
           POINTERS(OUT(1, base), OUT(3, size))),
      CALL(NtCreateFile, STATUS_OBJECT_NAME_NOT_FOUND,
           ARGUMENTS(AT(handle), GENERIC_READ, AT(file_attributes), AT(io), 0, 0, 0, FILE_OPEN, 0,
                     0, 0),
           POINTERS(OUT(0, handle), IN_OR(2, file_attributes, STATUS_INVALID_PARAMETER),
                    OUT(3, io))),
      CALL(NtCreateSection, STATUS_INVALID_FILE_FOR_SECTION,
           ARGUMENTS(AT(handle), SECTION_ALL_ACCESS, AT(named_attributes), AT(section_size),
                     PAGE_READWRITE, SEC_IMAGE, 0),
           POINTERS(OUT(0, handle), IN_OR(2, named_attributes, STATUS_INVALID_FILE_FOR_SECTION),
                    IN_OR(3, section_size, STATUS_INVALID_FILE_FOR_SECTION))),
      CALL(NtCreateUserProcess, STATUS_OBJECT_NAME_NOT_FOUND,
           ARGUMENTS(AT(handle), AT(returned), 0, 0, 0, 0, 0, 0, AT(parameters), AT(create),
                     AT(process_list)),
           POINTERS(OUT(0, handle), OUT(1, returned),
                    {8, &data->parameters, PARAMETERS_SIZE, 0, STATUS_ACCESS_VIOLATION},
                    IN(10, process_list))),
      CALL(NtDelayExecution, STATUS_SUCCESS, ARGUMENTS(0, AT(interval)), POINTERS(IN(1, interval))),
      CALL(NtFreeVirtualMemory, STATUS_INVALID_PARAMETER_2,
           ARGUMENTS(SELF, AT(base), AT(size), MEM_DECOMMIT), POINTERS(OUT(1, base), OUT(2, size))),
      CALL(NtMapViewOfSection, STATUS_SUCCESS,
           ARGUMENTS(section, SELF, AT(base), 0, 0, AT(offset), AT(size), ViewShare, 0,
                     PAGE_READONLY),
           POINTERS(OUT(2, base), OUT_OR(5, offset, STATUS_SUCCESS), OUT(6, size))),
      CALL(NtOpenFile, STATUS_OBJECT_NAME_NOT_FOUND,
           ARGUMENTS(AT(handle), GENERIC_READ, AT(file_attributes), AT(io), 0, 0),
           POINTERS(OUT(0, handle), IN_OR(2, file_attributes, STATUS_INVALID_PARAMETER),
                    OUT(3, io))),
      CALL(NtOpenSection, STATUS_OBJECT_NAME_NOT_FOUND,
           ARGUMENTS(AT(handle), SECTION_ALL_ACCESS, AT(named_attributes)),
           POINTERS(OUT(0, handle), IN_OR(2, named_attributes, STATUS_OBJECT_PATH_SYNTAX_BAD))),
      CALL(NtProtectVirtualMemory, STATUS_INVALID_PARAMETER_2,
           ARGUMENTS(SELF, AT(base), AT(size), PAGE_READONLY, AT(old)),
           POINTERS(OUT(1, base), OUT(2, size), OUT(4, old))),
      CALL(NtQueryInformationFile, STATUS_SUCCESS,
           ARGUMENTS(file, AT(io), AT(standard), sizeof(data->standard), FileStandardInformation),
           POINTERS(OUT(1, io), OUT(2, standard))),
      CALL(NtQueryInformationFile, STATUS_SUCCESS,
           ARGUMENTS(file, AT(io), AT(offset), sizeof(data->offset), FilePositionInformation),
           POINTERS(OUT(1, io), OUT(2, offset))),
      CALL(NtQueryInformationProcess, STATUS_SUCCESS,
           ARGUMENTS(SELF, ProcessBasicInformation, AT(process), sizeof(data->process),
                     AT(returned)),
           POINTERS(OUT(2, process), OUT_OR(4, returned, STATUS_SUCCESS))),
      CALL(NtQueryPerformanceCounter, STATUS_SUCCESS, ARGUMENTS(AT(counter), AT(frequency)),
           POINTERS(OUT(0, counter), OUT_OR(1, frequency, STATUS_SUCCESS))),
      CALL(NtQuerySystemTime, STATUS_SUCCESS, ARGUMENTS(AT(counter)), POINTERS(OUT(0, counter))),
      CALL(NtQueryVirtualMemory, STATUS_SUCCESS,
           ARGUMENTS(SELF, 0x10000, MemoryBasicInformation, AT(memory), sizeof(data->memory),
                     AT(returned)),
           POINTERS(OUT(3, memory), OUT_OR(5, returned, STATUS_SUCCESS))),
      CALL(NtQueryVirtualMemory, STATUS_SUCCESS,
           ARGUMENTS(SELF, (ULONG)GuestMain, MemoryMappedFilenameInformation, AT(file_name),
                     sizeof(data->file_name), AT(returned)),
           POINTERS({3, &data->file_name, MAPPED_NAME_SIZE, OUTPUT, STATUS_ACCESS_VIOLATION},
                    OUT_OR(5, returned, STATUS_SUCCESS))),
      CALL(NtReadFile, STATUS_SUCCESS,
           ARGUMENTS(file, 0, 0, 0, AT(io), AT(buffer), sizeof(data->buffer), AT(offset), 0),
           POINTERS(OUT(4, io), OUT(5, buffer), IN_OR(7, offset, STATUS_SUCCESS))),
      CALL(NtSetInformationFile, STATUS_SUCCESS,
           ARGUMENTS(file, AT(io), AT(offset), 8, FilePositionInformation),
           POINTERS(OUT(1, io), IN(2, offset))),
      CALL(NtWriteFile, STATUS_SUCCESS,
           ARGUMENTS(output, 0, 0, 0, AT(io), AT(buffer), 0, AT(offset), 0),
           POINTERS(OUT(4, io), IN_OR(7, offset, STATUS_SUCCESS))),
  };
  for (unsigned int i = 0; i < COUNT_OF(calls); ++i) visit(field, &calls[i]);
}
