namespace Patron.Accounts;

/// <summary>Settings of the accounts module; section <c>Accounts</c>.</summary>
public sealed class AccountsOptions
{
    /// <summary>OWASP ASVS 5.0, appendix C, for PBKDF2-HMAC-SHA512.</summary>
    public const int LeastPasswordIterations = 210_000;

    /// <summary>More would keep a core busy for about a second at every sign-in.</summary>
    public const int MostPasswordIterations = 2_000_000;

    /// <summary>The name people know the service by; also a word no password may consist of.</summary>
    public string Brand { get; set; } = "Patron";

    /// <summary>Cost of a password hash; hashes of a lower cost are renewed at the next sign-in.</summary>
    public int PasswordIterations { get; set; } = LeastPasswordIterations;

    /// <summary>Registration answers 202 for every address and tells only the mailbox that the address is taken.</summary>
    public bool PrivateRegistration { get; set; }

    /// <summary>How long a session lives, however often its token is refreshed.</summary>
    public TimeSpan SessionLife { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long a session lives without being used.</summary>
    public TimeSpan SessionIdleLife { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How exactly it is known when a session was used last by its cookie: not every request is a write.</summary>
    internal TimeSpan SessionUseNotedEvery => TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerHour, SessionIdleLife.Ticks / 24));

    /// <summary>Within it, a refresh token that was just rotated is answered with the same successor: two tabs, a lost answer.</summary>
    public TimeSpan RefreshLeeway { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a rotated signing key still verifies; longer than an access token lives.</summary>
    public TimeSpan SigningKeyOverlap { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Mails of each purpose to one mailbox within an hour: confirmations, address changes, notices.</summary>
    public int MailsPerMailboxAndHour { get; set; } = 10;

    /// <summary>Links for a new password to one mailbox within an hour, beyond the one that must always be there.</summary>
    public int ResetsPerMailboxAndHour { get; set; } = 5;

    /// <summary>The same within a day.</summary>
    public int ResetsPerMailboxAndDay { get; set; } = 10;

    /// <summary>Invitations to one mailbox within an hour, over all senders; the same number of offers.</summary>
    public int InvitationsPerMailboxAndHour { get; set; } = 3;

    /// <summary>The same within a day.</summary>
    public int InvitationsPerMailboxAndDay { get; set; } = 10;

    /// <summary>Invitations and offers one member or key may send within an hour.</summary>
    public int InvitationsPerSenderAndHour { get; set; } = 50;

    /// <summary>Invitations and offers a new organization may send within a day, over all its senders.</summary>
    public int InvitationsPerNewOrganizationAndDay { get; set; } = 10;

    /// <summary>Address of the page that confirms an e-mail, with <c>{token}</c> in it; without one the mail holds the token alone.</summary>
    public string? VerifyEmailLink { get; set; }

    /// <summary>Address of the page that sets a new password, with <c>{token}</c> in it; without one the mail holds the token alone.</summary>
    public string? ResetPasswordLink { get; set; }

    /// <summary>Address of the page that accepts an invitation, with <c>{token}</c> in it; without one the mail holds the token alone.</summary>
    public string? InvitationLink { get; set; }

    /// <summary>What contradicts itself in these settings, as a sentence; null when nothing does.</summary>
    public string? Contradiction(TimeSpan accessTokenLife) => this switch
    {
        { PasswordIterations: < LeastPasswordIterations or > MostPasswordIterations } =>
            $"Accounts:PasswordIterations must be between {LeastPasswordIterations} and {MostPasswordIterations}.",
        _ when string.IsNullOrWhiteSpace(Brand) => "Accounts:Brand must not be empty.",
        _ when SigningKeyOverlap <= accessTokenLife => "Accounts:SigningKeyOverlap must be longer than Tokens:Lifetime, else rotating a key signs people out.",
        _ when SessionIdleLife > SessionLife => "Accounts:SessionIdleLife must not be longer than Accounts:SessionLife.",
        _ when SessionIdleLife <= accessTokenLife => "Accounts:SessionIdleLife must be longer than Tokens:Lifetime.",
        _ when RefreshLeeway < TimeSpan.Zero || RefreshLeeway > TimeSpan.FromMinutes(1) => "Accounts:RefreshLeeway must be between 0 and 60 seconds.",
        { MailsPerMailboxAndHour: < 1 } => "Accounts:MailsPerMailboxAndHour must be at least 1.",
        { ResetsPerMailboxAndHour: < 1 } => "Accounts:ResetsPerMailboxAndHour must be at least 1.",
        _ when ResetsPerMailboxAndDay < ResetsPerMailboxAndHour => "Accounts:ResetsPerMailboxAndDay must not be less than Accounts:ResetsPerMailboxAndHour.",
        { InvitationsPerMailboxAndHour: < 1 } => "Accounts:InvitationsPerMailboxAndHour must be at least 1.",
        _ when InvitationsPerMailboxAndDay < InvitationsPerMailboxAndHour =>
            "Accounts:InvitationsPerMailboxAndDay must not be less than Accounts:InvitationsPerMailboxAndHour.",
        { InvitationsPerSenderAndHour: < 1 } => "Accounts:InvitationsPerSenderAndHour must be at least 1.",
        { InvitationsPerNewOrganizationAndDay: < 1 } => "Accounts:InvitationsPerNewOrganizationAndDay must be at least 1.",
        _ => new[] { VerifyEmailLink, ResetPasswordLink, InvitationLink }.FirstOrDefault(link => link is not null && !link.Contains("{token}", StringComparison.Ordinal)) is { } wrong
            ? $"The link '{wrong}' must contain {{token}}."
            : null,
    };
}
