// One step of a busy wait: tells the core that this is one.
#ifndef GRAFT_RUNTIME_CPU_RELAX_H_
#define GRAFT_RUNTIME_CPU_RELAX_H_

namespace graft::runtime {

inline void CpuRelax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_CPU_RELAX_H_
