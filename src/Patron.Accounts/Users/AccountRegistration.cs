using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Organizations;
using Patron.Accounts.Passwords;
using Patron.Accounts.Sessions;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>The input of a registration.</summary>
public sealed record NewAccount(string Email, PersonNames Names, string Password)
{
    /// <summary>The name fields that are required.</summary>
    public IReadOnlyCollection<string> Required { get; init; } = PersonNames.Both;

    /// <summary>The password once more, where it is typed twice.</summary>
    public string? PasswordConfirmation { get; init; }

    /// <summary>The sentence by which the person agreed to marketing emails; null if they did not.</summary>
    public string? MarketingConsent { get; init; }
}

/// <summary>
/// What a sign-up created, and its session. Both are null with private registration, where every answer is the same (<see
/// cref="PrivateRegistration"/>).
/// </summary>
public sealed record SignedUp<T>(T? Made, SignedIn? SignedIn)
    where T : class;

/// <summary>
/// The steps of every registration: <see cref="PrepareAsync"/> outside of a transaction; then, in one transaction, <see cref="AddAsync"/>,
/// the rows of the use case itself, and <see cref="StartSessionAsync"/>.
/// </summary>
public sealed class AccountRegistration(
    AccountsContext dbContext, PasswordHashing passwords, AccountMailbox mailbox, SessionStarter sessions, TimeProvider time)
{
    /// <summary>
    /// Checks the input and creates a user with a hashed password, without saving it. Who names no language gets that of the request.
    /// Errors: 422 by field, 503 too busy.
    /// </summary>
    public async Task<Result<User>> PrepareAsync(Caller caller, NewAccount account, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors(); // In the order of forms.
        var names = account.Names.WithDefaultLanguage(caller.Origin).Check(errors, account.Required);
        if (!EmailAddress.TryParse(account.Email, out var email))
        {
            errors.Add("email", EmailAddress.Rule(account.Email));
        }

        new NewPassword(account.Password, account.PasswordConfirmation)
            .Check(errors, password => passwords.Refusal(password, account.Email, names));
        if (errors.Any)
        {
            return errors.ToError();
        }

        var now = time.GetDatabaseNow(); // The precision of the database, so that the response equals later reads.
        var user = User.Create(email!, names, now);
        var hashed = await passwords.HashAsync(user, account.Password, cancellationToken);
        if (!hashed.Succeeded(out var hash, out var hashError))
        {
            return hashError;
        }

        user.SetPasswordHash(hash, now);
        return user;
    }

    /// <summary>
    /// Saves the user with the membership, and whatever the use case has added to the context. An unproven address gets a verification
    /// mail, unless <paramref name="isProven"/> says that the proof follows. Errors: 400 address or username taken.
    /// </summary>
    public async Task<Error?> AddAsync(
        Caller caller, User user, Guid organizationId, OrganizationRole role, CancellationToken cancellationToken, bool isProven = false)
    {
        dbContext.Users.Add(user);
        dbContext.Members.Add(new OrganizationMember(organizationId, user.Id, role, user.CreatedAt));
        dbContext.Audit.Add(AuditEntry.For(caller, "account.registered", "account", user.Id, user.CreatedAt, organizationId, user.Id));
        var needsVerification = !user.EmailConfirmed && !isProven;
        if (needsVerification
            && await mailbox.AcquireAsync(caller, MailPurpose.Verification, user.NormalizedEmail!, user, cancellationToken) is null)
        {
            mailbox.AddVerification(caller.Origin, user, user.CreatedAt);
        }

        return await dbContext.TrySaveAsync(cancellationToken);
    }

    public Task<SignedIn> StartSessionAsync(Caller caller, User user, CancellationToken cancellationToken) =>
        sessions.StartAsync(caller, user, cancellationToken);
}
