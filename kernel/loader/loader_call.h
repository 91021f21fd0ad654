// LoaderCall: the part of a loader's call that runs code of the program's: DllMain and TLS callbacks, in
// their order, until the thread goes on with what it had in mind.
// How:         a routine is called by giving the thread a user-mode frame: its arguments on the thread's
//              user stack, and as return address a stub beside ntdll's (syscall_stubs.h) that comes back
//              into ContinueLoaderCall with the result. Between two routines nothing of the call is on any
//              stack; what is left to do is looked up in the module list each time, for a routine may load
//              and unload DLLs itself. At the end the thread has the registers back with which it came.
// Order:       attach: needs first, each DLL's TLS callbacks before its DllMain; the program's callbacks
//              last. Detach: DLLs in reverse, the program's callbacks last.
// Owns:        the thread's list of calls, innermost first: one call holds the loader's lock once. Calls whose
//              routines never came back (the program left them by another way) are dropped when the thread
//              shows up above them on its stack, and at its end.
// Failures:    an attach routine that fails undoes what the call loaded; at a program's start it ends the
//              process. Telling of an end never needs memory: a thread keeps the call it started with for
//              that.
#pragma once

#include "kernel/process.h"
#include "kernel/x86/trap_frame.h"

namespace fl::kernel {

enum class LoaderTask : u8 {
  kStartProgram,
  kStartThread,
  kLoad,
  kFindSymbol,
  kUnload,
  kExitThread,
  kExitProcess,
};

class LoaderCall {
 public:
  /// Takes the lock; the call becomes the thread's innermost. May sleep. kNoMemory, kProcessIsTerminating,
  /// kTooManyLinks if calls are nested too deep.
  static Result<LoaderCall*> Begin(Thread& thread, LoaderTask task, const x86::TrapFrame& caller);
  /// Nothing is left to do: the lock goes back, and the call is gone.
  static void End(Thread& thread);
  /// For a thread's start and its exits, with the call that it keeps for them: all its other calls are given
  /// up. Exits know no other failure than kProcessIsTerminating. May sleep.
  static Result<LoaderCall*> BeginKept(Thread& thread, LoaderTask task, u32 exit_status,
                                       const x86::TrapFrame& caller);
  /// A new thread gets its call. kNoMemory.
  static Status Keep(Thread& thread);
  /// The thread is at its end.
  static void DropAll(Thread& thread);

  // What was loaded, before Run.
  /// Everything that `root` needs and that is new is to be attached. kNoMemory.
  Status SetAttach(ModuleList& modules, LoadedModule& root);
  void SetRoot(LoadedModule* root) { root_ = RefPtr<LoadedModule>(root); }
  void SetResult(u32 address, u32 value) { out_address_ = address, out_value_ = value; }
  /// Instead of attaching: undo, and this is the call's status.
  void Fail(Status status);

  /// Goes on until user mode has a routine to run (`frame` is then for that) or the call has ended (`frame`
  /// is the caller's). Returns what the caller gets. May sleep.
  Status Run(Thread& thread, x86::TrapFrame& frame);

 private:
  friend Status ContinueLoaderCall(Thread& thread, x86::TrapFrame& frame);
  enum class Phase : u8 {
    kAttach,
    kGiveResult,
    kDoom,
    kDetach,
    kTellThread,  ///< Attach or detach, of a thread.
    kTellExit,
    kEnd,
  };

  LoaderCall() = default;
  void Reset(LoaderTask task, const x86::TrapFrame& caller);
  bool NextModule(ModuleList& modules);
  LoadedModule* NextToTell(ModuleList& modules) const;
  void NextPhase(Process& process);
  Result<u32> NextRoutine();
  void EndModule();
  bool GoesUp() const { return task_ == LoaderTask::kStartThread; }
  void Call(Thread& thread, x86::TrapFrame& frame, u32 routine);
  void TakeResult(Thread& thread, u32 result);
  void AttachFailed(Process& process, Status status);
  void RemoveDoomed(Process& process);
  Status Finish(Thread& thread, x86::TrapFrame& frame);

  LoaderCall* outer_ = nullptr;
  LoaderTask task_ = LoaderTask::kLoad;
  Phase phase_ = Phase::kAttach;
  x86::TrapFrame caller_{};
  Status status_ = Status::kSuccess;
  u32 exit_status_ = 0;
  RefPtr<LoadedModule> root_;
  u32 out_address_ = 0;
  u32 out_value_ = 0;
  Vector<RefPtr<LoadedModule>> attach_;
  u32 next_attach_ = 0;

  // The module whose routines run.
  RefPtr<LoadedModule> module_;
  u32 reason_ = 0;
  u32 last_order_ = 0;  ///< Of walks through the list.
  bool told_program_ = false;
  u32 next_callback_ = 0;
  bool callbacks_done_ = false;
  bool in_entry_ = false;
  bool in_routine_ = false;
  u32 routine_esp_ = 0;  ///< Where the running routine's return address lies.
};

/// The current thread is about to enter user mode for the first time: its user_frame becomes that of the
/// first routine that is to run before what it was created for. The first thread: kNoMemory, or what reading
/// the TLS templates says. Another one ends its process instead.
Status StartProgramCalls(Thread& thread);
void StartThreadCalls(Thread& thread);
/// RtlExitUserThread: the process' exit, if no other thread is left.
Status ExitThreadCalls(Thread& thread, x86::TrapFrame& frame, u32 exit_status);
Status ExitProcessCalls(Thread& thread, x86::TrapFrame& frame, u32 exit_status);

/// The stub's system call: a routine has returned, EAX is now in ECX.
Status ContinueLoaderCall(Thread& thread, x86::TrapFrame& frame);

}  // namespace fl::kernel
