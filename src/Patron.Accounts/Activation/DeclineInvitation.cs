using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Secrets;

namespace Patron.Accounts.Activation;

/// <summary>
/// Makes the tokens in invitations that allow one thing: to end these mails. A token holds the invitation's number and a MAC of it, so
/// nothing is stored, and it works as long as the mail is kept.
/// </summary>
public sealed class DeclineTokens(MasterKey master)
{
    private const int MacLength = 16;
    private readonly byte[] key = master.Derive("patron declined invitations 1");

    public string TokenFor(long invitationId)
    {
        Span<byte> token = stackalloc byte[sizeof(long) + MacLength];
        BinaryPrimitives.WriteInt64BigEndian(token, invitationId);
        HMACSHA256.HashData(key, token[..sizeof(long)]).AsSpan(0, MacLength).CopyTo(token[sizeof(long)..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The number of the invitation; null if the token is not one of ours.</summary>
    public long? Read(string? token)
    {
        Span<byte> read = stackalloc byte[sizeof(long) + MacLength];
        if (token is null || !Base64Url.TryDecodeFromChars(token, read, out var length) || length != read.Length)
        {
            return null;
        }

        var mac = HMACSHA256.HashData(key, read[..sizeof(long)]).AsSpan(0, MacLength);
        return CryptographicOperations.FixedTimeEquals(mac, read[sizeof(long)..]) ? BinaryPrimitives.ReadInt64BigEndian(read) : null;
    }
}

/// <summary>
/// Ends the invitation and its reminders for whoever opens the link in one of its mails (RFC 8058). A second call changes nothing. Errors:
/// 400 where the link is not complete.
/// </summary>
public sealed class DeclineInvitation(AccountsContext dbContext, DeclineTokens tokens, TimeProvider time)
{
    private static readonly Error Incomplete = Error.Rule(
        "link_incomplete", "This link is incomplete. Copy the whole link from the email.");

    public async Task<Result<Unit>> HandleAsync(Caller caller, string? token, CancellationToken cancellationToken)
    {
        if (tokens.Read(token) is not { } id)
        {
            return Incomplete;
        }

        // The invitation of an erased customer is gone, and so are its mails.
        var invitation = await dbContext.ActivationInvitations.SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (invitation is { DeclinedAt: null, CameAt: null })
        {
            invitation.Decline(time.GetUtcNow());
            dbContext.Audit.Add(
                AuditEntry.For(caller, "customer.invitation_declined", "customer", invitation.CustomerUid, time.GetUtcNow()));
            await dbContext.SaveChangesAsync(cancellationToken);
        }

        return default(Unit);
    }
}
