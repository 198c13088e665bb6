import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describeEdge } from './openapi-edge.js';

const DESCRIPTION = `Places market orders on Solana DEXes, executes each with exactly one swap, and streams what happens to it.

Amounts are exact decimal strings; prices are quote per base with 12 significant digits. Errors are RFC 9457 problem details with a stable \`code\`:
also where no operation is, with \`not-found\` (404) and \`method-not-allowed\` (405, with \`allow\`). A 5xx means that the outcome is unknown: repeat
with the same \`Idempotency-Key\`. The WebSocket at \`/ws\` is described in \`/docs/asyncapi.json\`.`;

const TAGS = {
  orders: 'Market orders and their life',
  market: 'What can be traded, and at what price',
  stream: 'The way to the WebSocket, and its description',
  account: 'What a credential may do',
  admin: 'Halting and resuming trade',
  health: 'Probes and figures for those who run the engine',
};

/** Serves Swagger UI at `/docs` and the OpenAPI document at `/docs/json`. */
export function serveOpenApi(app: INestApplication): void {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Order execution engine')
    .setDescription(DESCRIPTION)
    .setVersion('0.1.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'The engine that serves this document')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'An API key or a signed token; nothing under AUTH_MODE=none.',
    })
    .addSecurityRequirements('bearer')
    .addSecurityRequirements({});
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  const config = builder.build();
  SwaggerModule.setup('docs', app, () => describeEdge(SwaggerModule.createDocument(app, config)), {
    jsonDocumentUrl: 'docs/json',
    yamlDocumentUrl: 'docs/yaml',
    customSiteTitle: 'Order execution engine',
  });
}
