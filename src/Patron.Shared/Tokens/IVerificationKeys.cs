using Microsoft.IdentityModel.Tokens;

namespace Patron.Shared.Tokens;

/// <summary>The public keys that access tokens may be signed with: those of this database, or of another service.</summary>
public interface IVerificationKeys
{
    /// <summary>The key with this id; null when there is none, or none can be had now.</summary>
    ValueTask<JsonWebKey?> FindAsync(string keyId, CancellationToken cancellationToken);
}
