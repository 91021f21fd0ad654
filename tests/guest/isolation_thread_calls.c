// isolation, system calls: threads, waits, what threads wait for, the loader. What each is given is right, but for
// the names: nobody has those.
#include "isolation_pointers.h"

static void ForEachSyncCall(Field* field, Visit* visit) {
  Data* const data = field->data;
  const ULONG set = (ULONG)field->set_event, clear = (ULONG)field->clear_event;
  const ULONG semaphore = (ULONG)field->semaphore, mutant = (ULONG)field->mutant;
  const Call calls[] = {
      CALL(NtCreateEvent, STATUS_SUCCESS,
           ARGUMENTS(AT(handle), EVENT_ALL_ACCESS, AT(plain_attributes), NotificationEvent, 0),
           POINTERS(OUT(0, handle), IN_OR(2, plain_attributes, STATUS_SUCCESS))),
      CALL(NtCreateMutant, STATUS_SUCCESS,
           ARGUMENTS(AT(handle), MUTANT_ALL_ACCESS, AT(plain_attributes), 1),
           POINTERS(OUT(0, handle), IN_OR(2, plain_attributes, STATUS_SUCCESS))),
      CALL(NtCreateSemaphore, STATUS_SUCCESS,
           ARGUMENTS(AT(handle), SEMAPHORE_ALL_ACCESS, AT(plain_attributes), 0, 1),
           POINTERS(OUT(0, handle), IN_OR(2, plain_attributes, STATUS_SUCCESS))),
      CALL(NtOpenEvent, STATUS_OBJECT_NAME_NOT_FOUND,
           ARGUMENTS(AT(handle), EVENT_ALL_ACCESS, AT(named_attributes)),
           POINTERS(OUT(0, handle), IN_OR(2, named_attributes, STATUS_OBJECT_PATH_SYNTAX_BAD))),
      CALL(NtOpenMutant, STATUS_OBJECT_NAME_NOT_FOUND,
           ARGUMENTS(AT(handle), MUTANT_ALL_ACCESS, AT(named_attributes)),
           POINTERS(OUT(0, handle), IN_OR(2, named_attributes, STATUS_OBJECT_PATH_SYNTAX_BAD))),
      CALL(NtOpenSemaphore, STATUS_OBJECT_NAME_NOT_FOUND,
           ARGUMENTS(AT(handle), SEMAPHORE_ALL_ACCESS, AT(named_attributes)),
           POINTERS(OUT(0, handle), IN_OR(2, named_attributes, STATUS_OBJECT_PATH_SYNTAX_BAD))),
      CALL(NtPulseEvent, STATUS_SUCCESS, ARGUMENTS(set, AT(returned)),
           POINTERS(OUT_OR(1, returned, STATUS_SUCCESS))),
      CALL(NtResetEvent, STATUS_SUCCESS, ARGUMENTS(set, AT(returned)),
           POINTERS(OUT_OR(1, returned, STATUS_SUCCESS))),
      CALL(NtSetEvent, STATUS_SUCCESS, ARGUMENTS(clear, AT(returned)),
           POINTERS(OUT_OR(1, returned, STATUS_SUCCESS))),
      CALL(NtReleaseMutant, STATUS_SUCCESS, ARGUMENTS(mutant, AT(returned)),
           POINTERS(OUT_OR(1, returned, STATUS_SUCCESS))),
      CALL(NtReleaseSemaphore, STATUS_SUCCESS, ARGUMENTS(semaphore, 1, AT(returned)),
           POINTERS(OUT_OR(2, returned, STATUS_SUCCESS))),
      CALL(NtQueryEvent, STATUS_SUCCESS,
           ARGUMENTS(set, 0, AT(event), sizeof(data->event), AT(returned)),
           POINTERS(OUT(2, event), OUT_OR(4, returned, STATUS_SUCCESS))),
      CALL(NtQueryMutant, STATUS_SUCCESS,
           ARGUMENTS(mutant, 0, AT(mutant), sizeof(data->mutant), AT(returned)),
           POINTERS(OUT(2, mutant), OUT_OR(4, returned, STATUS_SUCCESS))),
      CALL(NtQuerySemaphore, STATUS_SUCCESS,
           ARGUMENTS(semaphore, 0, AT(semaphore), sizeof(data->semaphore), AT(returned)),
           POINTERS(OUT(2, semaphore), OUT_OR(4, returned, STATUS_SUCCESS))),
      // These need not wait: the set event is among what they wait for.
      CALL(NtWaitForSingleObject, STATUS_SUCCESS, ARGUMENTS(set, 0, AT(interval)),
           POINTERS(IN_OR(2, interval, STATUS_SUCCESS))),
      CALL(NtWaitForMultipleObjects, STATUS_WAIT_0 + 1,
           ARGUMENTS(COUNT_OF(data->handles), AT(handles), WaitAny, 0, AT(interval)),
           POINTERS(IN(1, handles), IN_OR(4, interval, STATUS_WAIT_0 + 1))),
      CALL(NtSignalAndWaitForSingleObject, STATUS_SUCCESS, ARGUMENTS(clear, set, 0, AT(interval)),
           POINTERS(IN_OR(3, interval, STATUS_SUCCESS))),
  };
  for (unsigned int i = 0; i < COUNT_OF(calls); ++i) visit(field, &calls[i]);
}

void ForEachThreadCall(Field* field, Visit* visit) {
  Data* const data = field->data;
  const ULONG thread = (ULONG)field->thread, ntdll = (ULONG)field->ntdll;
  const Call calls[] = {
      CALL(NtCreateThreadEx, STATUS_SUCCESS,
           ARGUMENTS(AT(handle), THREAD_ALL_ACCESS, 0, SELF, (ULONG)CountRun, 0, 0, 0, 0, 0,
                     AT(thread_list)),
           POINTERS(OUT(0, handle), IN_OR(10, thread_list, STATUS_SUCCESS))),
      CALL(NtOpenThread, STATUS_SUCCESS,
           ARGUMENTS(AT(handle), THREAD_ALL_ACCESS, AT(plain_attributes), AT(own_client)),
           POINTERS(OUT(0, handle), IN_OR(2, plain_attributes, STATUS_SUCCESS),
                    IN_OR(3, own_client, STATUS_INVALID_PARAMETER_MIX))),
      CALL(NtSuspendThread, STATUS_SUCCESS, ARGUMENTS(thread, AT(returned)),
           POINTERS(OUT_OR(1, returned, STATUS_SUCCESS))),
      CALL(NtResumeThread, STATUS_SUCCESS, ARGUMENTS(thread, AT(returned)),
           POINTERS(OUT_OR(1, returned, STATUS_SUCCESS))),
      CALL(
          NtQueryInformationThread, STATUS_SUCCESS,
          ARGUMENTS(thread, ThreadBasicInformation, AT(thread), sizeof(data->thread), AT(returned)),
          POINTERS(OUT(2, thread), OUT_OR(4, returned, STATUS_SUCCESS))),
      CALL(NtQueryInformationThread, STATUS_SUCCESS,
           ARGUMENTS(thread, ThreadAmILastThread, AT(last_thread), sizeof(data->last_thread),
                     AT(returned)),
           POINTERS(OUT(2, last_thread), OUT_OR(4, returned, STATUS_SUCCESS))),
      CALL(NtSetInformationThread, STATUS_SUCCESS,
           ARGUMENTS(thread, ThreadBasePriority, AT(priority), sizeof(data->priority)),
           POINTERS(IN(2, priority))),
      CALL(NtGetContextThread, STATUS_SUCCESS, ARGUMENTS(thread, AT(context)),
           POINTERS(OUT(1, context))),
      CALL(NtSetContextThread, STATUS_SUCCESS, ARGUMENTS(thread, AT(context)),
           POINTERS(IN(1, context))),
      CALL(LdrGetDllHandle, STATUS_SUCCESS, ARGUMENTS(AT(path), 0, AT(dll_name), AT(base)),
           POINTERS(POINTER(0, path, SMALL_IS_FLAGS, STATUS_SUCCESS), IN(2, dll_name),
                    OUT(3, base))),
      CALL(LdrLoadDll, STATUS_SUCCESS, ARGUMENTS(AT(path), AT(flags), AT(dll_name), AT(base)),
           POINTERS(POINTER(0, path, SMALL_IS_FLAGS, STATUS_SUCCESS),
                    IN_OR(1, flags, STATUS_SUCCESS), IN(2, dll_name), OUT(3, base))),
      CALL(LdrGetProcedureAddress, STATUS_SUCCESS, ARGUMENTS(ntdll, AT(symbol), 0, AT(base)),
           POINTERS(IN_OR(1, symbol, STATUS_ORDINAL_NOT_FOUND), OUT(3, base))),
  };
  ForEachSyncCall(field, visit);
  for (unsigned int i = 0; i < COUNT_OF(calls); ++i) visit(field, &calls[i]);
}
