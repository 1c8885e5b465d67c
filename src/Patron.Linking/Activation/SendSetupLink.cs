using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>
/// Requests a link to set a first password (source 4, send-setup-link). The answer is the same for every address. Errors: 422 <c>email</c>
/// invalid, 429 as <see cref="StartActivation"/>.
/// </summary>
public sealed class SendSetupLink(StartActivation start)
{
    public async Task<Result<Unit>> HandleAsync(Caller caller, string? email, CancellationToken cancellationToken) =>
        EmailAddress.TryParse(email, out var address)
            ? (await start.BeginAsync(caller, address, withCode: false, cancellationToken)).Select(_ => default(Unit))
            : Error.Invalid("email", EmailAddress.Rule(email));
}
