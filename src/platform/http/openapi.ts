import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

const DESCRIPTION = `Places market orders on Solana DEXes, executes each with exactly one swap, and streams what happens to it.

Amounts are exact decimal strings; prices are quote per base with 12 significant digits. Errors are RFC 9457 problem details with a stable \`code\`.
The WebSocket at \`/ws\` is described in \`/docs/asyncapi.json\`.`;

/** Serves Swagger UI at `/docs` and the OpenAPI document at `/docs/json`. */
export function serveOpenApi(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Order execution engine')
    .setDescription(DESCRIPTION)
    .setVersion('0.1.0')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'An API key or a signed token; nothing under AUTH_MODE=none.',
    })
    .addSecurityRequirements('bearer')
    .addSecurityRequirements({})
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config), {
    jsonDocumentUrl: 'docs/json',
    yamlDocumentUrl: 'docs/yaml',
    customSiteTitle: 'Order execution engine',
  });
}
