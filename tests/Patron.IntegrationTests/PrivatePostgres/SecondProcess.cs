using Microsoft.Extensions.Logging.Abstractions;
using Patron.PrivatePostgres;

namespace Patron.IntegrationTests.PrivatePostgres;

/// <summary>The second Patron process: crash tests start this program again with this 'test' and kill it.</summary>
public sealed class SecondProcess
{
    public const string DataFolderVariable = "PATRON_TEST_DATA_FOLDER";

    public static string ReadyFile(string dataFolder) => Path.Combine(dataFolder, "ready");

    [Fact(Explicit = true)]
    public async Task Runs_a_server_until_its_input_ends()
    {
        var dataFolder = Environment.GetEnvironmentVariable(DataFolderVariable);
        Assert.SkipWhen(dataFolder is null, "Started by the crash tests only.");

        var options = new PrivatePostgresOptions { DataFolder = dataFolder, Durable = false };
        await using var server = await PrivatePostgresServer.StartAsync(options, NullLogger.Instance, CancellationToken.None);
        await File.WriteAllTextAsync(ReadyFile(dataFolder), "");
        await using var input = Console.OpenStandardInput();
        await input.ReadExactlyAsync(new byte[1]).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
