using System.Net;
using System.Text;

namespace Patron.Shared.Mail;

/// <summary>
/// Renders every mail: as plain text, and as HTML that needs no style sheet, no script and no pictures. All texts are encoded.
/// </summary>
public sealed class MailComposer(MailBrand brand, PortalAddress portal)
{
    private const int MaxCodeLength = 8;

    private const string PageStyle =
        "margin:0;padding:24px 12px;background-color:#f4f6f6;color:#17262b;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;overflow-wrap:anywhere;word-break:break-word";

    private const string CardStyle = "padding:24px;background-color:#ffffff;border:1px solid #d3dcde;border-radius:10px";
    private const string ParagraphStyle = "margin:0 0 16px";

    public OutgoingMail Compose(MailContent content) => new(content.To, content.Subject, TextOf(content))
    {
        Kind = content.Kind,
        Html = HtmlOf(content),
        Unsubscribe = content.Unsubscribe,
    };

    private static string TextOf(MailContent content)
    {
        var footer = content.Footer.Lines.Concat(content.Footer.Links.Select(link => $"{link.Label}: {link.Url}"));
        return string.Join("\n\n", [content.Greeting, .. content.Parts.Select(TextOf), "--\n" + string.Join('\n', footer)]) + "\n";
    }

    private static string TextOf(MailPart part) => part switch
    {
        MailParagraph paragraph => paragraph.Text,
        MailSecret secret => secret.Text,
        MailButton button => $"{button.Label}:\n\n{button.Url}",
        MailLink link => $"{link.Label}: {link.Url}",
        _ => throw new ArgumentException($"Mails have no part of the type {part.GetType().Name}.", nameof(part)),
    };

    // Roles instead of elements such as main, which some mail programs drop.
    private string HtmlOf(MailContent content)
    {
        var html = new StringBuilder();
        html.Append(
            $"""
            <!DOCTYPE html>
            <html lang="{content.Language.TwoLetterISOLanguageName}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light">
            <title>{Encode(content.Subject)}</title>
            </head>
            <body style="{PageStyle}">
            <div style="max-width:560px;margin:0 auto">
            <div role="banner" style="margin:0 0 16px;font-size:18px;font-weight:bold;color:{brand.Accent}">{Head()}</div>
            <div role="main" style="{CardStyle}">
            <h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">{Encode(content.Subject)}</h1>
            <p style="{ParagraphStyle}">{Encode(content.Greeting)}</p>

            """);
        foreach (var part in content.Parts)
        {
            html.Append(HtmlOf(part)).Append('\n');
        }

        html.Append("</div>\n<div role=\"contentinfo\" style=\"padding:16px 24px;color:#4d5f66;font-size:13px\">\n");
        foreach (var line in content.Footer.Lines)
        {
            html.Append("<p style=\"margin:0 0 4px\">").Append(Encode(line)).Append("</p>\n");
        }

        foreach (var link in content.Footer.Links)
        {
            html.Append("<p style=\"margin:0 0 4px\">").Append(Anchor(link.Label, link.Url)).Append("</p>\n");
        }

        return html.Append("</div>\n</div>\n</body>\n</html>\n").ToString();
    }

    private string Head() => brand.PicturePath is { } path && portal.Page(path) is { } logo
        ? $"<img src=\"{Encode(logo)}\" alt=\"{Encode(brand.Name)}\" style=\"max-width:240px;max-height:48px\">"
        : Encode(brand.Name);

    private string HtmlOf(MailPart part) => part switch
    {
        MailParagraph paragraph => $"<p style=\"{ParagraphStyle}\">{Encode(paragraph.Text)}</p>",
        MailSecret secret => $"<p style=\"{ParagraphStyle};font-family:monospace;{SizeOf(secret)}\">{Encode(secret.Text)}</p>",
        MailButton button =>
            $"<p style=\"{ParagraphStyle}\"><a href=\"{Encode(button.Url)}\" style=\"display:inline-block;padding:12px 24px;border-radius:10px;background-color:{brand.Accent};color:#ffffff;font-weight:bold;text-decoration:none\">{Encode(button.Label)}</a></p>",
        MailLink link => $"<p style=\"{ParagraphStyle}\">{Anchor(link.Label, link.Url)}</p>",
        _ => throw new ArgumentException($"Mails have no part of the type {part.GetType().Name}.", nameof(part)),
    };

    // A code is read from the screen, a token is copied.
    private static string SizeOf(MailSecret secret) =>
        secret.Text.Length <= MaxCodeLength ? "font-size:32px;font-weight:bold;letter-spacing:4px" : "font-size:16px";

    private string Anchor(string label, string url) => $"<a href=\"{Encode(url)}\" style=\"color:{brand.Accent}\">{Encode(label)}</a>";

    private static string Encode(string text) => WebUtility.HtmlEncode(text).ReplaceLineEndings("<br>");
}
