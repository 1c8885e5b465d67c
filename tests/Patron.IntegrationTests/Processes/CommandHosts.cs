using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Patron.CommandHost;

namespace Patron.IntegrationTests.Processes;

/// <summary>
/// Processes that run one command after another, as many as tests run at the same time. They end with the tests. A process of its own costs
/// a command more than its work, and a suite has hundreds.
/// </summary>
internal static class CommandHosts
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Patron.CommandHost.dll");
    private static readonly ConcurrentBag<Process> Idle = [];

    public static async Task<CommandAnswer> RunAsync(IReadOnlyDictionary<string, string> settings, string[] arguments)
    {
        var host = Idle.TryTake(out var idle) ? idle : PatronCommandLine.StartProgram(Program, new Dictionary<string, string>());
        try
        {
            var request = new CommandRequest(arguments, settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
            await host.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request));
            await host.StandardInput.FlushAsync();
            var line = await host.StandardOutput.ReadLineAsync().WaitAsync(PatronCommandLine.Timeout)
                ?? throw new InvalidOperationException($"The process of the command ended: {await host.StandardError.ReadToEndAsync()}");
            var response = JsonSerializer.Deserialize<CommandResponse>(line)!;
            Idle.Add(host);
            return new CommandAnswer(response.Status, response.Output, response.Errors);
        }
        catch
        {
            host.Kill();
            host.Dispose();
            throw;
        }
    }
}
