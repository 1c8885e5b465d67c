// What single steps cost, in time and memory. bench/micro runs all; arguments go to BenchmarkDotNet (--filter '*Tokens*', --job medium).
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Patron.Benchmarks;

// In this process: a project that BenchmarkDotNet generates would have to fit the settings of ours.
var config = DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "patron-benchmarks"));
BenchmarkSwitcher.FromAssembly(typeof(Requests).Assembly).Run(args, config);
