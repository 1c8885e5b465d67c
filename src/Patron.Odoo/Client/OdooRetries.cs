using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Patron.Odoo.Client;

/// <summary>
/// Tries again what failed because Odoo is away: after half a second, one and two, each a quarter more or less so that many do not come back at
/// once. Everything else fails at once.
/// </summary>
internal sealed partial class OdooRetries(TimeProvider time, ILogger logger, int attempts)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    public async Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (OdooException failure) when (failure.Kind == OdooFailure.Away && attempt < attempts)
            {
                TryingAgain(attempt, failure.Message);
            }

            var pause = FirstPause * Math.Pow(2, attempt - 1) * (RandomNumberGenerator.GetInt32(75, 126) / 100.0);
            await Task.Delay(pause, time, cancellation);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Odoo is asked again after attempt {Attempt}: {Reason}")]
    private partial void TryingAgain(int attempt, string reason);
}
