using System.Globalization;

namespace Patron.Shared.Mail;

/// <summary>
/// What one mail says, in one language; <see cref="MailComposer"/> renders it. Texts are plain: they may contain names that people typed.
/// </summary>
/// <param name="Greeting">The first line, such as <c>Hello Lena,</c>.</param>
/// <param name="Parts">What follows it, in this order. A mail has at most one button.</param>
/// <param name="Footer">Who sends the mail, why the recipient gets it, and how to get help.</param>
public sealed record MailContent(
    MailKind Kind, string To, CultureInfo Language, string Subject, string Greeting, IReadOnlyList<MailPart> Parts, MailFooter Footer)
{
    /// <summary>The URL that ends mails of this kind (RFC 2369); null where they cannot be ended.</summary>
    public string? Unsubscribe { get; init; }
}

/// <summary>The end of a mail: sentences, each on a line of its own, and links.</summary>
public sealed record MailFooter(IReadOnlyList<string> Lines, IReadOnlyList<MailLink> Links);

public abstract record MailPart;

/// <summary>A paragraph; line breaks in it are kept.</summary>
public sealed record MailParagraph(string Text) : MailPart;

/// <summary>A code or token. In the text it is alone on its line, so that people can copy it and programs can find it.</summary>
public sealed record MailSecret(string Text) : MailPart;

/// <summary>What the mail asks for. In the text it is the label, and the URL alone on its line.</summary>
public sealed record MailButton(string Label, string Url) : MailPart;

/// <summary>A less important link.</summary>
public sealed record MailLink(string Label, string Url) : MailPart;
