using Patron.Shared.Text;

namespace Patron.Accounts;

/// <summary>Settings of the accounts module; section <c>Accounts</c>.</summary>
public sealed class AccountsOptions
{
    /// <summary>Minimum for PBKDF2-HMAC-SHA512 by OWASP ASVS 5.0, appendix C.</summary>
    public const int MinPasswordIterations = 210_000;

    /// <summary>A higher cost would keep a core busy for about a second at every sign-in.</summary>
    public const int MaxPasswordIterations = 2_000_000;

    /// <summary>The name of the service in mails. Passwords that consist of it are refused.</summary>
    public string Brand { get; set; } = "Patron";

    /// <summary>The language of mails to people whose own language is not known, or has no texts: <c>en</c> or <c>de</c>.</summary>
    public string Language { get; set; } = Languages.English;

    /// <summary>Iterations of a password hash. A hash with fewer is renewed at the next sign-in.</summary>
    public int PasswordIterations { get; set; } = MinPasswordIterations;

    /// <summary>
    /// Registration answers 202 for every address, and only the mailbox is told that the address is taken. Nobody signs in before the
    /// address is proven (<see cref="Users.PrivateRegistration"/>, <see cref="Sessions.SignInRules"/>).
    /// </summary>
    public bool PrivateRegistration { get; set; }

    /// <summary>Maximum lifetime of a session, no matter how often its token is refreshed.</summary>
    public TimeSpan SessionLife { get; set; } = TimeSpan.FromDays(90);

    /// <summary>A session that is not used for this long ends.</summary>
    public TimeSpan SessionIdleLife { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Minimum time between two updates of a cookie session's last use, so that not every request writes.</summary>
    internal TimeSpan SessionUseWriteInterval => TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerHour, SessionIdleLife.Ticks / 24));

    /// <summary>
    /// A refresh token that was rotated less than this long ago gets the same successor again: for two tabs, or a lost response.
    /// </summary>
    public TimeSpan RefreshLeeway { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a rotated signing key still verifies. Must be longer than the lifetime of an access token.</summary>
    public TimeSpan SigningKeyOverlap { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Mails of each purpose to one mailbox within an hour: confirmations, address changes, notices.</summary>
    public int MailsPerMailboxAndHour { get; set; } = 10;

    /// <summary>Password reset links to one mailbox within an hour, besides the one that must always be available.</summary>
    public int ResetsPerMailboxAndHour { get; set; } = 5;

    /// <summary>The same within a day.</summary>
    public int ResetsPerMailboxAndDay { get; set; } = 10;

    /// <summary>Invitations to one mailbox within an hour, over all senders. The same limit applies to offers.</summary>
    public int InvitationsPerMailboxAndHour { get; set; } = 3;

    /// <summary>The same within a day.</summary>
    public int InvitationsPerMailboxAndDay { get; set; } = 10;

    /// <summary>Invitations and offers one member or key may send within an hour.</summary>
    public int InvitationsPerSenderAndHour { get; set; } = 50;

    /// <summary>Invitations and offers a new organization may send within a day, over all its senders.</summary>
    public int InvitationsPerNewOrganizationAndDay { get; set; } = 10;

    /// <summary>
    /// URL of the page that confirms an email address, with <c>{token}</c> in it. Without it mails link to the portal's page, or hold the
    /// token where there is none.
    /// </summary>
    public string? VerifyEmailLink { get; set; }

    /// <summary>URL of the page that sets a new password, as <see cref="VerifyEmailLink"/>.</summary>
    public string? ResetPasswordLink { get; set; }

    /// <summary>URL of the page that accepts an invitation, with <c>{token}</c> in it. Without it the mail holds the token alone.</summary>
    public string? InvitationLink { get; set; }

    /// <summary>Returns a sentence about settings that contradict each other, or null.</summary>
    public string? Contradiction(TimeSpan accessTokenLifetime) => this switch
    {
        { PasswordIterations: < MinPasswordIterations or > MaxPasswordIterations } =>
            $"Accounts:PasswordIterations must be between {MinPasswordIterations} and {MaxPasswordIterations}.",
        _ when string.IsNullOrWhiteSpace(Brand) => "Accounts:Brand must not be empty.",
        _ when Languages.Find(Language) is null =>
            $"Accounts:Language must be one of: {string.Join(", ", Languages.All.Keys)}; '{Language}' is none.",
        _ when SigningKeyOverlap <= accessTokenLifetime =>
            "Accounts:SigningKeyOverlap must be longer than Tokens:Lifetime, else rotating a key signs people out.",
        _ when SessionIdleLife > SessionLife => "Accounts:SessionIdleLife must not be longer than Accounts:SessionLife.",
        _ when SessionIdleLife <= accessTokenLifetime => "Accounts:SessionIdleLife must be longer than Tokens:Lifetime.",
        _ when RefreshLeeway < TimeSpan.Zero || RefreshLeeway > TimeSpan.FromMinutes(1) =>
            "Accounts:RefreshLeeway must be between 0 and 60 seconds.",
        { MailsPerMailboxAndHour: < 1 } => "Accounts:MailsPerMailboxAndHour must be at least 1.",
        { ResetsPerMailboxAndHour: < 1 } => "Accounts:ResetsPerMailboxAndHour must be at least 1.",
        _ when ResetsPerMailboxAndDay < ResetsPerMailboxAndHour =>
            "Accounts:ResetsPerMailboxAndDay must not be less than Accounts:ResetsPerMailboxAndHour.",
        { InvitationsPerMailboxAndHour: < 1 } => "Accounts:InvitationsPerMailboxAndHour must be at least 1.",
        _ when InvitationsPerMailboxAndDay < InvitationsPerMailboxAndHour =>
            "Accounts:InvitationsPerMailboxAndDay must not be less than Accounts:InvitationsPerMailboxAndHour.",
        { InvitationsPerSenderAndHour: < 1 } => "Accounts:InvitationsPerSenderAndHour must be at least 1.",
        { InvitationsPerNewOrganizationAndDay: < 1 } => "Accounts:InvitationsPerNewOrganizationAndDay must be at least 1.",
        _ =>
            new[] { VerifyEmailLink, ResetPasswordLink, InvitationLink }.FirstOrDefault(
                link => link is not null && !link.Contains("{token}", StringComparison.Ordinal)) is { } wrong
            ? $"Accounts:VerifyEmailLink, Accounts:ResetPasswordLink and Accounts:InvitationLink must contain {{token}}; '{wrong}' doesn't."
            : null,
    };
}
